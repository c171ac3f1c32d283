import { call, randomId } from '../../../lib/api';
import { asObject, optionalText, text } from '../../../lib/wire';

const LOOKS = 60;
const PAUSE_MILLIS = 500;

/** What a person says of an order of unknown fate. */
export interface Word {
  readonly outcome: 'placed' | 'not_placed';
  readonly brokerOrderId: string | null;
  readonly override: boolean;
  readonly evidence: string;
}

/** Says it and waits for the engine's answer. @throws Error with the engine's reason when it refuses */
export async function resolve(id: string, word: Word): Promise<string> {
  const asked = asObject(
    await call(`/v1/unresolved/${encodeURIComponent(id)}/resolve`, {
      method: 'POST',
      headers: { 'Idempotency-Key': randomId() },
      body: {
        outcome: word.outcome,
        evidence: word.evidence,
        ...(word.outcome === 'placed' ? { broker_order_id: word.brokerOrderId } : { override: word.override }),
      },
    }),
  );
  let answer = asked;
  for (let look = 0; text(answer, 'status') === 'pending' && look < LOOKS; look += 1) {
    await new Promise((next) => setTimeout(next, PAUSE_MILLIS));
    answer = asObject(await call(`/v1/resolutions/${encodeURIComponent(text(asked, 'id'))}`));
  }
  const said = optionalText(answer, 'answer') ?? 'The engine has not answered yet.';
  if (text(answer, 'status') === 'refused') {
    throw new Error(`Refused: ${said}.`);
  }
  return said;
}
