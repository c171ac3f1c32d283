import { useState } from 'react';
import { inWords } from './api';

/** A request that a person started: whether it runs and, in words, why it failed. */
export interface Action {
  readonly busy: boolean;
  readonly problem: string | null;
  /** True when it succeeded. */
  readonly run: (request: () => Promise<unknown>) => Promise<boolean>;
}

export function useAction(): Action {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  return {
    busy,
    problem,
    run: async (request) => {
      setBusy(true);
      setProblem(null);
      try {
        await request();
        return true;
      } catch (error) {
        setProblem(inWords(error));
        return false;
      } finally {
        setBusy(false);
      }
    },
  };
}
