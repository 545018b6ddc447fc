import { api, done } from "@shared/api/client.ts";
import { useIntent } from "@shared/api/useIntent.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { ButtonLink } from "@shared/ui/links.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { ErrorState, LoadingState } from "@shared/ui/states.tsx";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { changeOf, type Draft, draftOf } from "./draft.ts";
import { ItemForm } from "./ItemForm.tsx";
import { type Item, useItem } from "./items.ts";
import { INVENTORY_TEXTS } from "./texts.ts";

export function EditItemPage() {
  const t = useTexts(INVENTORY_TEXTS);
  const { item } = useParams({ from: "/inside/inventory/$item/edit" });
  const { data, error, isPending, refetch } = useItem(item);
  return (
    <Screen title={data === undefined ? t.edit : t.editOf(data.name)}>
      {isPending ? <LoadingState /> : null}
      {error === null ? null : <ErrorState error={error} onRepeat={() => void refetch()} />}
      {data === undefined ? null : <Edit key={data.id} item={data} />}
    </Screen>
  );
}

function Edit({ item }: { item: Item }) {
  const t = useTexts(INVENTORY_TEXTS);
  const navigate = useNavigate();
  const client = useQueryClient();
  // As it was when the form was opened, whatever is heard since.
  const [before] = useState(() => draftOf(item));
  const leave = () => void navigate({ to: "/inventory/$item", params: { item: item.id } });
  const save = useIntent<Draft, Item>({
    run: (key, draft) =>
      done(
        api.PATCH("/v1/items/{item}", {
          params: { path: { item: item.id }, header: { "Idempotency-Key": key } },
          body: changeOf(before, draft),
        }),
      ),
    onDone: () => {
      void client.invalidateQueries({ queryKey: ["offerings"] });
      leave();
    },
  });
  return (
    <ItemForm
      isNew={false}
      initial={before}
      action={t.save}
      pending={save.pending}
      problem={save.problem}
      onSubmit={(draft) =>
        Object.keys(changeOf(before, draft)).length === 0 ? leave() : save.start(draft)
      }
      onRepeat={save.repeat}
      cancel={
        <ButtonLink to="/inventory/$item" params={{ item: item.id }} variant="default">
          {t.cancel}
        </ButtonLink>
      }
    />
  );
}
