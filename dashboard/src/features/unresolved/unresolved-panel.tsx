import { useState } from 'react';
import { useAction } from '../../lib/action';
import { exactPrice, quantity, words } from '../../lib/format';
import { clock } from '../../lib/time';
import { useDesk } from '../../lib/use-desk';
import type { Unresolved } from '../../lib/wire';
import { resolve } from './api/resolve';
import './unresolved.css';

const MINUTE = 60;

/** Orders of which nobody knows whether the broker has them: why, what they block, and a person's word. Nothing when there are none. */
export function UnresolvedPanel() {
  const items = useDesk((state) => state.unresolved);
  if (items.length === 0) {
    return null;
  }
  return (
    <section className="unresolved" aria-label="Unresolved orders">
      <h2>
        {items.length === 1 ? 'An order' : `${items.length} orders`} may or may not be at the broker
      </h2>
      {items.map((item) => (
        <Item key={item.id} item={item} />
      ))}
    </section>
  );
}

function orderWords(item: Unresolved): string {
  const prices = [item.limitPrice, item.stopPrice].filter((price) => price !== null).map((price) => ` ${exactPrice(price)}`);
  return `${words(item.side)} ${quantity(item.quantity)} ${item.optionSymbol ?? item.ticker} ${words(item.orderType)}${prices.join('')}`;
}

function waited(millis: number): string {
  const seconds = Math.max(0, Math.round(millis / 1000));
  return seconds < MINUTE ? `${seconds} s` : `${Math.floor(seconds / MINUTE)} min`;
}

function Item({ item }: { readonly item: Unresolved }) {
  const now = useDesk((state) => state.wallClock);
  return (
    <article data-state={item.state} data-testid={`unresolved-${item.tradeId}`}>
      <div className="what">
        <p className="order">
          <b>{orderWords(item)}</b>
          <span>
            sent {clock(item.claimedAt)} ET, {waited(now - item.claimedAt)} ago · account {item.accountId}
          </span>
        </p>
        <p>{item.doing}</p>
        <ul className="blocks" aria-label="What it blocks">
          {item.exits.map((says) => (
            <li key={says}>{says}</li>
          ))}
          <li>
            no new risk in {item.newRiskIn}
            {item.account ? ', nor in the whole account' : ''}; every order to {item.lane} waits
            {item.waiting > 0 ? ` (${item.waiting} ${item.waiting === 1 ? 'does' : 'do'})` : ''}
          </li>
        </ul>
        {item.candidates.length > 0 && (
          <table aria-label="Orders at the broker that fit">
            <tbody>
              {item.candidates.map((candidate) => (
                <tr key={candidate.id}>
                  <td>#{candidate.id}</td>
                  <td>{words(candidate.status)}</td>
                  <td>{candidate.enteredAt === null ? '' : `entered ${clock(candidate.enteredAt)} ET`}</td>
                  <td>{quantity(candidate.filled)} filled</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {item.difference !== null && <p className="problem">{item.difference}</p>}
        {item.said !== null && (
          <p className="said">
            {item.said.person}: {item.said.evidence} — {item.said.status}
            {item.said.answer === null ? '' : `, ${item.said.answer}`}
          </p>
        )}
      </div>
      <Resolve item={item} />
    </article>
  );
}

/** What a person says. The engine believes it only where the broker's listing bears it out. */
function Resolve({ item }: { readonly item: Unresolved }) {
  const [outcome, setOutcome] = useState<'placed' | 'not_placed'>(item.candidates.length > 0 ? 'placed' : 'not_placed');
  const [order, setOrder] = useState('');
  const [override, setOverride] = useState(false);
  const [evidence, setEvidence] = useState('');
  const action = useAction();
  const ready = evidence.trim() !== '' && (outcome === 'not_placed' || order.trim() !== '');
  return (
    <form
      aria-label={`Resolve ${orderWords(item)}`}
      onSubmit={(event) => {
        event.preventDefault();
        const word = { outcome, brokerOrderId: outcome === 'placed' ? order.trim() : null, override: outcome === 'not_placed' && override, evidence: evidence.trim() };
        void action.run(() => resolve(item.id, word));
      }}
    >
      <div className="segments" role="group" aria-label="What became of it">
        <button type="button" aria-pressed={outcome === 'placed'} onClick={() => setOutcome('placed')}>
          The broker has it
        </button>
        <button type="button" aria-pressed={outcome === 'not_placed'} onClick={() => setOutcome('not_placed')}>
          It never arrived
        </button>
      </div>
      {outcome === 'placed' ? (
        <label>
          Broker order id
          <input value={order} onChange={(event) => setOrder(event.target.value)} list={`fits-${item.id}`} autoComplete="off" />
          <datalist id={`fits-${item.id}`}>
            {item.candidates.map((candidate) => (
              <option key={candidate.id} value={candidate.id}>
                {words(candidate.status)}
              </option>
            ))}
          </datalist>
        </label>
      ) : (
        !item.absenceShown && (
          <label className="check">
            <input type="checkbox" checked={override} disabled={!item.overridable} onChange={(event) => setOverride(event.target.checked)} />
            Absence is not shown{item.overridable ? ': I say so all the same' : ' yet'}
          </label>
        )
      )}
      <label>
        What you looked at and saw
        <input value={evidence} onChange={(event) => setEvidence(event.target.value)} maxLength={1000} placeholder="kept with the order" />
      </label>
      {action.problem !== null && (
        <p className="problem" role="alert">
          {action.problem}
        </p>
      )}
      <button type="submit" className="button" data-tone="danger" disabled={!ready || action.busy}>
        {action.busy ? 'Checking with the broker' : 'Resolve'}
      </button>
    </form>
  );
}
