import { expect, inject, test } from "vitest";
import { expectAccessibleEverywhere, type Opened, somebody, withBrowser } from "./stage.ts";

withBrowser();

async function signIn({ page }: Opened, role: string): Promise<void> {
  const { email, password } = inject("started").people[role] ?? { email: "", password: "" };
  await page.getByLabel("E-mail address").fill(email);
  await page.locator("input[type=password]").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

test("the frame of the console is accessible, light and dark, at 320 and 1280 px", async () => {
  const opened = await somebody("/console");
  const { errors, page } = opened;
  await page.getByRole("heading", { level: 1 }).waitFor();
  await expectAccessibleEverywhere(page);
  await signIn(opened, "admin");
  await page.getByRole("heading", { level: 1, name: "Live sale" }).waitFor();
  await expectAccessibleEverywhere(page);
  expect(errors).toEqual([]);
}, 120_000);

test("two letters, or a few of its name, lead to a screen", async () => {
  const opened = await somebody("/console");
  const { errors, page } = opened;
  await signIn(opened, "admin");
  await page.getByRole("heading", { level: 1, name: "Live sale" }).waitFor();
  await page.getByRole("link", { name: "Audit" }).waitFor();
  await page.keyboard.press("g");
  await page.keyboard.press("i");
  await page.getByRole("heading", { level: 1, name: "Inventory" }).waitFor();
  expect(await page.title()).toBe("Inventory · Demo");
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder("Go to…").fill("webh");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Webhooks" }).waitFor();
  expect(errors).toEqual([]);
});

test("a customer is told that the console is not for them, an operator sees what is theirs", async () => {
  const customer = await somebody("/console/audit");
  await signIn(customer, "customer");
  await customer.page.getByText("This account is not for the console").waitFor();
  const operator = await somebody("/console");
  await signIn(operator, "operator");
  await operator.page.getByRole("link", { name: "Inventory" }).waitFor();
  expect(await operator.page.getByRole("link", { name: "Audit" }).count()).toBe(0);
});
