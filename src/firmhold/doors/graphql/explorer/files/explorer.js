"use strict";

// Headers are not kept: a token in them would outlive the tab.
const example = `# Put {"authorization": "Bearer …"} into Headers to be somebody.
{
  venues {
    edges { node { id name timeZone } }
  }
}
`;
ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({ url: "graphql" }),
    defaultQuery: example,
    shouldPersistHeaders: false,
  }),
);
