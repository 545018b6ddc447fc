/** What the page knows of its server: where it lies, and what it allows. Nothing is built in. */

export interface Config {
  version: string;
  demo: boolean;
  oidc: boolean;
  organization: {
    slug: string;
    name: string;
    guest_holds: boolean;
    public_catalogue: boolean;
    open_registration: boolean;
  };
}

/** The path that the server has named in `<base>`, without the slash at its end. */
export function basePath(): string {
  return new URL(".", document.baseURI).pathname.replace(/\/$/, "");
}

/** An address of this server, for a path that begins with a slash. */
export function address(path: string): string {
  return new URL(`.${path}`, document.baseURI).href;
}

/** For styles that components write into the page; see the server's policy. */
export function nonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="firmhold-nonce"]')?.content ?? "";
}

let known: Config | undefined;

export async function loadConfig(): Promise<Config> {
  const answer = await fetch(address("/config.json"));
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  known = (await answer.json()) as Config;
  return known;
}

export function useConfig(): Config {
  return config();
}

export function config(): Config {
  if (known === undefined) throw new Error("The page has not asked its server yet.");
  return known;
}
