/**
 * Something that the server does anew each time it is asked, such as making a secret: it is asked
 * once, and never again by itself. If the answer is lost, that is for a person to look into.
 */
import { isProblem, type Problem } from "@shared/api/problem.ts";
import { useMutation } from "@tanstack/react-query";

export interface Once<In> {
  start: (input: In) => void;
  pending: boolean;
  problem: Problem | null;
  /** It may have been done all the same. */
  unsure: boolean;
  reset: () => void;
}

interface Options<In, Out> {
  run: (input: In) => Promise<Out>;
  onDone: (result: Out, input: In) => void;
}

export function useOnce<In, Out>({ onDone, run }: Options<In, Out>): Once<In> {
  const mutation = useMutation<Out, Error, In>({
    mutationFn: run,
    retry: false,
    networkMode: "always",
    onSuccess: onDone,
  });
  const problem = isProblem(mutation.error) ? mutation.error : null;
  return {
    start: (input) => {
      if (!mutation.isPending) mutation.mutate(input);
    },
    pending: mutation.isPending,
    problem,
    unsure: isProblem(problem, "unreachable", "internal_error", "overloaded"),
    reset: mutation.reset,
  };
}
