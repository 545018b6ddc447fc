/**
 * Something that a person wants done once. Its key is made at the first try and kept until it is
 * known what came of it, so that a second click, a lost answer or a repetition has no second effect.
 */
import { useMutation } from "@tanstack/react-query";
import { useRef } from "react";
import { isProblem, type Problem } from "./problem.ts";

export interface Intent<In, Out> {
  /** Begin, unless it is under way. */
  start: (input: In) => void;
  /** The same once more, with the same key. */
  repeat: () => void;
  pending: boolean;
  problem: Problem | null;
  result: Out | undefined;
  reset: () => void;
}

interface Options<In, Out> {
  run: (key: string, input: In) => Promise<Out>;
  onDone?: (result: Out, input: In) => void;
  onProblem?: (problem: Problem, input: In) => void;
}

export function useIntent<In = void, Out = unknown>(options: Options<In, Out>): Intent<In, Out> {
  const open = useRef<{ key: string; input: In; running: boolean } | null>(null);
  const { onDone, onProblem, run } = options;
  const mutation = useMutation<Out, Error, { key: string; input: In }>({
    mutationFn: ({ key, input }) => run(key, input),
    // Once more by itself, with the same key; after that it is for the person to say.
    retry: (failures, error) => failures < 1 && isProblem(error) && error.transient,
    retryDelay: () => 300 + Math.random() * 700,
    // Tried even where the browser believes to be offline: it is wrong at times.
    networkMode: "always",
    onSuccess: (result, { input }) => {
      open.current = null;
      onDone?.(result, input);
    },
    onError: (error, { input }) => {
      if (open.current !== null) open.current.running = false;
      if (!isProblem(error)) return;
      if (!error.transient) open.current = null;
      onProblem?.(error, input);
    },
  });
  const begin = (input: In) => {
    if (open.current?.running) return;
    const same = open.current !== null && sameInput(open.current.input, input);
    const key = same && open.current !== null ? open.current.key : crypto.randomUUID();
    open.current = { key, input, running: true };
    mutation.mutate({ key, input });
  };
  return {
    start: begin,
    repeat: () => {
      if (open.current !== null) begin(open.current.input);
    },
    pending: mutation.isPending,
    problem: isProblem(mutation.error) ? mutation.error : null,
    result: mutation.data,
    reset: mutation.reset,
  };
}

function sameInput(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
