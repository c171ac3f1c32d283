import type { ReactNode } from 'react';

export type Tone = 'up' | 'down' | 'flat' | 'accent' | 'warn' | 'danger';

interface ChipProps {
  readonly tone: Tone;
  readonly title?: string | undefined;
  readonly testId?: string;
  readonly children: ReactNode;
}

/** A word with a colour; the word alone must say it too. */
export function Chip({ tone, title, testId, children }: ChipProps) {
  return (
    <span className="chip" data-tone={tone} title={title} data-testid={testId}>
      {children}
    </span>
  );
}
