/** The sign-in dialog, fetched at the first time that it is needed, and there from then on. */
import { lazy, Suspense, useState } from "react";
import { useSession } from "./useSession.ts";

const SignInDialog = lazy(() => import("./SignInDialog.tsx"));

export function SignInOver() {
  const { asking } = useSession();
  const [needed, setNeeded] = useState(false);
  if (asking && !needed) setNeeded(true);
  return needed ? (
    <Suspense fallback={null}>
      <SignInDialog />
    </Suspense>
  ) : null;
}
