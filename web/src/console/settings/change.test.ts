import { expect, test } from "vitest";
import { changeOf, draftOf, type Organization } from "./change.ts";

const ORGANIZATION = {
  id: "org_1",
  slug: "default",
  name: "Shop",
  hold_ttl_seconds: 600,
  max_live_holds: 4,
  guest_holds: true,
  public_catalogue: true,
  horizon_days: 60,
  notice_minutes: 0,
  cutoff_minutes: 60,
  offer_ttl_seconds: 300,
  open_registration: false,
} satisfies Organization;

test("only what was changed is sent", () => {
  const draft = draftOf(ORGANIZATION);
  expect(changeOf(ORGANIZATION, draft)).toEqual({});
  expect(changeOf(ORGANIZATION, { ...draft, name: "Theatre", guest_holds: false })).toEqual({
    name: "Theatre",
    guest_holds: false,
  });
});

test("a limit that is emptied is lifted", () => {
  const draft = { ...draftOf(ORGANIZATION), max_live_holds: "" };
  expect(changeOf(ORGANIZATION, draft)).toEqual({ max_live_holds: null });
});
