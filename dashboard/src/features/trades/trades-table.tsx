import { memo, useState } from 'react';
import { Chip } from '../../components/chip';
import { ConfirmDialog } from '../../components/confirm-dialog';
import { Empty, Panel } from '../../components/panel';
import { useAction } from '../../lib/action';
import { isOpen } from '../../lib/desk';
import { exactPrice, quantity, words } from '../../lib/format';
import { clock, longDate } from '../../lib/time';
import { useDesk } from '../../lib/use-desk';
import type { Trade } from '../../lib/wire';
import { acceptUnprotected } from './api/accept-unprotected';
import { cancelTrade } from './api/cancel-trade';
import { ChangeForm } from './change-form';
import { statusTone } from './status-tone';
import { TraceDialog } from './trace-dialog';
import { underTheirEntries, unprotectedFirst } from './trade-rows';
import './trades.css';

const SHOWN = 100;

/** The blotter: one row for each order that a person or a strategy asked for, newest first; what waits for a person is on top. */
export function TradesTable() {
  const trades = useDesk((state) => state.trades);
  const signedOut = useDesk((state) => state.access === 'public');
  const open = trades.filter(isOpen).length;
  return (
    <Panel title="Trades" className="trades" aside={<span className="count">{open === 0 ? 'none open' : `${open} open`}</span>}>
      <div className="scroll">
        <table aria-label="Trades">
          <thead>
            <tr>
              <th scope="col" className="spare">
                Time ET
              </th>
              <th scope="col">Ticker</th>
              <th scope="col">Side</th>
              <th scope="col" className="number">
                Qty
              </th>
              <th scope="col">Order</th>
              <th scope="col">Status</th>
              <th scope="col" className="number filled">
                Filled
              </th>
              <th scope="col" className="number">
                Avg price
              </th>
              <th scope="col" className="number">
                Source
              </th>
            </tr>
          </thead>
          <tbody>
            {underTheirEntries(unprotectedFirst(trades).slice(0, SHOWN)).map((trade) => (
              <Row key={trade.id} trade={trade} />
            ))}
          </tbody>
        </table>
        {trades.length === 0 && <Empty>{signedOut ? 'Trades show once you are signed in.' : 'No trades yet.'}</Empty>}
      </div>
    </Panel>
  );
}

function orderWords(trade: Trade): string {
  const prices = [
    trade.stopPrice === null ? null : `stop ${exactPrice(trade.stopPrice)}`,
    trade.limitPrice === null ? null : exactPrice(trade.limitPrice),
  ].filter((part) => part !== null);
  const type = trade.orderType === 'stop_limit' ? 'limit' : trade.orderType;
  const kind = trade.orderType === 'stop' ? '' : type;
  const role = trade.role === null ? '' : `↳ ${words(trade.role)}`;
  return [role, kind, ...prices.toReversed(), trade.timeInForce === 'gtc' ? 'GTC' : ''].filter((part) => part !== '').join(' ');
}

function changeNote(trade: Trade): string | null {
  const change = trade.change;
  if (change === null || change.status === 'done' || !isOpen(trade)) {
    return null;
  }
  return change.status === 'rejected' ? `Not changed: ${change.reason}` : `Change ${words(change.status)}`;
}

const Row = memo(function Row({ trade }: { readonly trade: Trade }) {
  const cancel = useAction();
  const [why, setWhy] = useState(false);
  const asked = trade.marketTime ?? trade.createdAt;
  const cancelable = isOpen(trade) && trade.status !== 'cancel_pending';
  const [changing, setChanging] = useState(false);
  const works = trade.status === 'working' || trade.status === 'partially_filled';
  const changeable = works && trade.orderType !== 'market' && !trade.bracket && trade.role === null;
  const note = cancel.problem ?? trade.rejectReason ?? changeNote(trade);
  return (
    <>
      <tr data-testid={`trade-${trade.id}`} data-status={trade.status} data-open={isOpen(trade)} data-role={trade.role ?? undefined}>
        <td className="time spare" title={longDate(asked)}>
          {clock(asked)}
        </td>
        <td>
          <b>{trade.ticker}</b>
        </td>
        <td className="side" data-side={trade.side.startsWith('buy') ? 'buy' : 'sell'}>
          {words(trade.side)}
        </td>
        <td className="number">{quantity(trade.quantity)}</td>
        <td>{orderWords(trade)}</td>
        <td>
          <button type="button" className="why" aria-label={`Why is trade ${trade.id} ${words(trade.status)}`} onClick={() => setWhy(true)}>
            <Chip tone={statusTone(trade.status)} title={trade.rejectReason ?? 'Why'}>
              {words(trade.status)}
            </Chip>
          </button>
          {why && (
            <TraceDialog id={trade.id} title={`${words(trade.side)} ${quantity(trade.quantity)} ${trade.ticker}: ${words(trade.status)}`} onClose={() => setWhy(false)} />
          )}
        </td>
        <td className="number filled">{quantity(trade.filledQuantity)}</td>
        <td className="number">{exactPrice(trade.averageFillPrice)}</td>
        <td className="number dim" title={trade.source ?? undefined}>
          {changeable && !changing && (
            <button
              type="button"
              className="button small"
              aria-label={`Change trade ${trade.id}`}
              onClick={() => setChanging(true)}
            >
              Change
            </button>
          )}
          {cancelable ? (
            <button
              type="button"
              className="button small"
              disabled={cancel.busy}
              aria-label={`Cancel trade ${trade.id}`}
              onClick={() => void cancel.run(() => cancelTrade(trade.id))}
            >
              Cancel
            </button>
          ) : (
            trade.source
          )}
        </td>
      </tr>
      {changing && works && (
        <tr className="changing">
          <td colSpan={9}>
            <ChangeForm trade={trade} onClose={() => setChanging(false)} />
          </td>
        </tr>
      )}
      {trade.unprotected !== null && (
        <tr className="reason" data-accepted={trade.unprotectedAcceptedBy !== null}>
          <td colSpan={9}>
            <UnprotectedNote trade={trade} lack={trade.unprotected} />
          </td>
        </tr>
      )}
      {note !== null && (
        <tr className="reason">
          <td colSpan={9}>{note}</td>
        </tr>
      )}
    </>
  );
});

/** What its open position lacks of its exits; a person who means it so says that here. */
function UnprotectedNote({ trade, lack }: { readonly trade: Trade; readonly lack: string }) {
  // What the person looks at is what they accept, whatever comes while they do.
  const [asked, setAsked] = useState<string | null>(null);
  const accept = useAction();
  const by = trade.unprotectedAcceptedBy;
  return (
    <div className="unprotected">
      <span>
        {by === null ? 'Unprotected' : `Unprotected, accepted by ${by}`}: {lack}
      </span>
      {by === null && (
        <button type="button" className="button small" aria-label={`Accept that trade ${trade.id} is unprotected`} onClick={() => setAsked(lack)}>
          Accept
        </button>
      )}
      {asked !== null && (
        <ConfirmDialog
          title="Accept as unprotected"
          action="Accept"
          danger
          busy={accept.busy}
          problem={accept.problem}
          onConfirm={() => {
            void accept.run(() => acceptUnprotected(trade.id, asked)).then((done) => done && setAsked(null));
          }}
          onClose={() => setAsked(null)}
        >
          <p>{asked}.</p>
          <p>The alarm ends, and no exit is placed for what is missing. It is raised again when something else is.</p>
        </ConfirmDialog>
      )}
    </div>
  );
}
