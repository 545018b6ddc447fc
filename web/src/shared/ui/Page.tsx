/** What both pages stand on: theme, texts, cache, session, and the way they begin. */
import { MantineProvider } from "@mantine/core";
import "@mantine/core/styles.css";
import "./base.css";
import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { SignInOver } from "../auth/SignInOver.tsx";
import { session } from "../auth/session.ts";
import { loadConfig, nonce } from "../config.ts";
import { I18nProvider } from "../i18n/i18n.tsx";
import { bindLive } from "../live/live.ts";
import { makeQueryClient } from "../query/queryClient.ts";
import { StartFailed } from "./StartFailed.tsx";
import { theme, variables } from "./theme.ts";

interface PageProps {
  density: "airy" | "dense";
  client: QueryClient;
  children: ReactNode;
}

function Page({ children, client, density }: PageProps) {
  return (
    <MantineProvider
      defaultColorScheme="auto"
      theme={theme(density)}
      cssVariablesResolver={variables}
      getStyleNonce={nonce}
    >
      <QueryClientProvider client={client}>
        <I18nProvider>
          {children}
          <SignInOver />
        </I18nProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}

/** Ask the server what it is and who is there, then show. */
export async function begin(
  density: PageProps["density"],
  content: (client: QueryClient) => ReactNode,
): Promise<void> {
  // Where a library writes a style of its own into the page, this is where it looks.
  Object.assign(globalThis, { __webpack_nonce__: nonce() });
  const root = createRoot(document.getElementById("root") ?? document.body);
  const client = makeQueryClient();
  const attempt = async () => {
    try {
      await loadConfig();
      await session.start();
    } catch {
      root.render(
        <MantineProvider
          defaultColorScheme="auto"
          theme={theme(density)}
          cssVariablesResolver={variables}
          getStyleNonce={nonce}
        >
          <I18nProvider>
            <StartFailed onRepeat={() => void attempt()} />
          </I18nProvider>
        </MantineProvider>,
      );
      return;
    }
    bindLive(client);
    root.render(
      <StrictMode>
        <Page density={density} client={client}>
          {content(client)}
        </Page>
      </StrictMode>,
    );
  };
  await attempt();
}
