import { api, done } from "@shared/api/client.ts";
import { useIntent } from "@shared/api/useIntent.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { ButtonLink } from "@shared/ui/links.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type Draft, EMPTY, requestOf } from "./draft.ts";
import { ItemForm } from "./ItemForm.tsx";
import type { Item } from "./items.ts";
import { INVENTORY_TEXTS } from "./texts.ts";

export function NewItemPage() {
  const t = useTexts(INVENTORY_TEXTS);
  const navigate = useNavigate();
  const client = useQueryClient();
  const create = useIntent<Draft, Item>({
    run: (key, draft) =>
      done(
        api.POST("/v1/items", {
          params: { header: { "Idempotency-Key": key } },
          body: requestOf(draft),
        }),
      ),
    onDone: ({ id }) => {
      void client.invalidateQueries({ queryKey: ["offerings"] });
      void navigate({ to: "/inventory/$item", params: { item: id } });
    },
  });
  return (
    <Screen title={t.newItem}>
      <ItemForm
        isNew
        initial={EMPTY}
        action={t.create}
        pending={create.pending}
        problem={create.problem}
        onSubmit={create.start}
        onRepeat={create.repeat}
        cancel={
          <ButtonLink to="/inventory" variant="default">
            {t.cancel}
          </ButtonLink>
        }
      />
    </Screen>
  );
}
