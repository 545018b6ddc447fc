/** Links to other screens, typed by the routes of the page that they are on. */
import { Anchor, type AnchorProps, Button, type ButtonProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { AnchorHTMLAttributes, Ref } from "react";

type Plain = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, "color" | "style"> & {
  ref?: Ref<HTMLAnchorElement>;
};

function PlainAnchor(props: Omit<AnchorProps, "href"> & Plain) {
  return <Anchor {...props} />;
}

function PlainButton(props: Omit<ButtonProps, "href"> & Plain) {
  return <Button component="a" {...props} />;
}

export const TextLink = createLink(PlainAnchor);

export const ButtonLink = createLink(PlainButton);
