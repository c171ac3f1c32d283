import { useState } from 'react';
import { useAction } from '../../lib/action';
import { randomId } from '../../lib/api';
import type { Trade } from '../../lib/wire';
import { type Change, changeTrade } from './api/change-trade';

/** Another price or quantity for an order that works. */
export function ChangeForm({ trade, onClose }: { readonly trade: Trade; readonly onClose: () => void }) {
  const [limit, setLimit] = useState<string>(trade.limitPrice ?? '');
  const [stop, setStop] = useState<string>(trade.stopPrice ?? '');
  const [quantity, setQuantity] = useState<string>(trade.quantity);
  // One key for one change, however often it is sent.
  const [sent, setSent] = useState({ body: '', key: '' });
  const action = useAction();
  const change: Change = {
    ...(limit !== (trade.limitPrice ?? '') && { limit_price: limit }),
    ...(stop !== (trade.stopPrice ?? '') && { stop_price: stop }),
    ...(quantity !== trade.quantity && { quantity }),
  };
  const empty = Object.keys(change).length === 0;

  async function submit(): Promise<void> {
    const body = JSON.stringify(change);
    const key = sent.body === body ? sent.key : randomId();
    setSent({ body, key });
    if (await action.run(() => changeTrade(trade.id, change, key))) {
      onClose();
    }
  }

  return (
    <form
      className="change"
      aria-label={`Change trade ${trade.id}`}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Field label="Qty" value={quantity} onChange={setQuantity} />
      {trade.stopPrice !== null && <Field label="Stop" value={stop} onChange={setStop} />}
      {trade.limitPrice !== null && <Field label="Limit" value={limit} onChange={setLimit} />}
      <button type="submit" className="button small" disabled={empty || action.busy}>
        Send
      </button>
      <button type="button" className="button small" onClick={onClose}>
        Close
      </button>
      {action.problem !== null && <p role="alert">{action.problem}</p>}
    </form>
  );
}

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function Field({ label, value, onChange }: FieldProps) {
  return (
    <label>
      {label}
      <input inputMode="decimal" autoComplete="off" value={value} onChange={(event) => onChange(event.target.value.trim())} />
    </label>
  );
}
