/** The look of both pages: neutral greys, one accent, no shadows but under what lies above. */
import {
  type CSSVariablesResolver,
  createTheme,
  type MantineColorsTuple,
  type MantineThemeOverride,
} from "@mantine/core";

/** The accent: an ink that is calm on white, and light enough on black from its third shade on. */
const INK: MantineColorsTuple = [
  "#eef1fb",
  "#dce2f3",
  "#b7c1e6",
  "#93a2dc",
  "#7084d1",
  "#566cc6",
  "#475dbb",
  "#3b50a9",
  "#2f4394",
  "#24357a",
];

export function theme(density: "airy" | "dense"): MantineThemeOverride {
  const dense = density === "dense";
  return createTheme({
    colors: { ink: INK },
    primaryColor: "ink",
    primaryShade: { light: 8, dark: 8 },
    autoContrast: true,
    defaultRadius: "sm",
    fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
    fontSizes: dense
      ? { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.125rem" }
      : { xs: "0.8125rem", sm: "0.9375rem", md: "1.0625rem", lg: "1.25rem", xl: "1.5rem" },
    headings: { fontWeight: "650" },
    respectReducedMotion: true,
    cursorType: "pointer",
  });
}

const SHOWN = ["ink", "blue", "red", "green", "yellow", "orange", "gray"] as const;

/** Texts have a contrast of 4.5 at least, in both schemes; some of the library's own do not. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "var(--mantine-color-gray-7)",
    "--mantine-color-placeholder": "var(--mantine-color-gray-7)",
    "--mantine-color-error": "var(--mantine-color-red-9)",
    "--mantine-color-anchor": "var(--mantine-color-ink-8)",
    ...coloured("light-color", 9),
    ...coloured("outline", 9),
    "--mantine-color-yellow-light-color": "#7a4a00",
    "--mantine-color-orange-light-color": "#8a3a00",
    "--mantine-color-green-light-color": "#1e6b2e",
  },
  dark: {
    "--mantine-color-dimmed": "var(--mantine-color-dark-1)",
    "--mantine-color-placeholder": "var(--mantine-color-dark-1)",
    "--mantine-color-error": "var(--mantine-color-red-4)",
    "--mantine-color-anchor": "var(--mantine-color-ink-2)",
    // Against what is dark the accent is a little lighter.
    "--mantine-color-ink-filled": "var(--mantine-color-ink-6)",
    "--mantine-color-ink-filled-hover": "var(--mantine-color-ink-7)",
    "--mantine-primary-color-filled": "var(--mantine-color-ink-6)",
    "--mantine-primary-color-filled-hover": "var(--mantine-color-ink-7)",
    ...coloured("light-color", 2),
    ...coloured("outline", 3),
  },
});

function coloured(kind: string, shade: number): Record<string, string> {
  return Object.fromEntries(
    SHOWN.map((name) => [
      `--mantine-color-${name}-${kind}`,
      `var(--mantine-color-${name}-${shade})`,
    ]),
  );
}
