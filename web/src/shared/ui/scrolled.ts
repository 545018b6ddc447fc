/** For `scrollAreaProps`: what can be scrolled sideways can be so with the arrow keys, too. */
export function scrolled(label: string) {
  return { viewportProps: { tabIndex: 0, role: "group", "aria-label": label } };
}
