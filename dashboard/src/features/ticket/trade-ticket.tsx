import { useRef, useState, type FormEvent } from 'react';
import { Chip } from '../../components/chip';
import { ConfirmDialog } from '../../components/confirm-dialog';
import { Panel } from '../../components/panel';
import { ApiProblem, inWords, NoAnswer, randomId } from '../../lib/api';
import { isOpen, withTrades } from '../../lib/desk';
import { exactPrice, money, price, quantity, words } from '../../lib/format';
import { desk, useDesk } from '../../lib/use-desk';
import type { Controls } from '../../lib/wire';
import { placeTrade } from './api/place-trade';
import {
  checked,
  estimatedNotional,
  needsLimit,
  needsStop,
  opens,
  ORDER_TYPES,
  SIDES,
  TIMES_IN_FORCE,
  type OrderForm,
  type OrderRequest,
} from './order-form';
import './ticket.css';

const BLANK: Omit<OrderForm, 'ticker'> = {
  side: 'buy',
  quantity: '',
  orderType: 'market',
  limitPrice: '',
  stopPrice: '',
  timeInForce: 'day',
  takeProfit: '',
  stopLoss: '',
};

/** Exits are prices of one position: they do not stay for the next. */
const NO_EXITS = { takeProfit: '', stopLoss: '' } as const;

type Outcome =
  | { readonly kind: 'none' }
  | { readonly kind: 'problem'; readonly text: string }
  /** No answer came: the order may or may not stand, and the same key asks again. */
  | { readonly kind: 'unanswered' }
  | { readonly kind: 'placed'; readonly id: string };

/** Whether an order placed here would reach a broker with real money. */
function realMoney(controls: Controls | null): boolean {
  return controls !== null && controls.mode === 'live' && controls.broker !== 'simulator';
}

/** Asks for one order. */
export function TradeTicket() {
  const selected = useDesk((state) => state.selected);
  const tickers = useDesk((state) => state.tickers);
  const quotes = useDesk((state) => state.quotes);
  const controls = useDesk((state) => state.controls);
  const access = useDesk((state) => state.access);
  const [fields, setFields] = useState(BLANK);
  // What is typed holds until another ticker is chosen on the page.
  const [typed, setTyped] = useState<{ readonly ticker: string; readonly over: string | null } | null>(null);
  const [outcome, setOutcome] = useState<Outcome>({ kind: 'none' });
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState<OrderRequest | null>(null);
  // One key for one order while its outcome is unknown; another order, or a known outcome, takes a new one.
  const unsettled = useRef<{ readonly order: string; readonly key: string } | null>(null);

  const ticker = typed !== null && typed.over === selected ? typed.ticker : (selected ?? '');
  const [exitsOf, setExitsOf] = useState(ticker);
  if (exitsOf !== ticker) {
    setExitsOf(ticker);
    setFields({ ...fields, ...NO_EXITS });
  }
  const form: OrderForm = { ...fields, ticker };

  const changed = () => setOutcome((now) => (now.kind === 'placed' ? now : { kind: 'none' }));
  const change = (part: Partial<Omit<OrderForm, 'ticker'>>) => {
    changed();
    setFields((now) => ({ ...now, ...part }));
  };

  const send = async (order: OrderRequest) => {
    setAsking(null);
    setBusy(true);
    const text = JSON.stringify(order);
    const key = unsettled.current?.order === text ? unsettled.current.key : randomId();
    try {
      const trade = await placeTrade(order, key);
      unsettled.current = null;
      desk.update((state) => withTrades(state, [trade]));
      setOutcome({ kind: 'placed', id: trade.id });
      setFields((now) => ({ ...now, ...NO_EXITS }));
    } catch (error) {
      const unanswered = error instanceof NoAnswer || (error instanceof ApiProblem && error.status >= 500);
      unsettled.current = unanswered ? { order: text, key } : null;
      setOutcome(unanswered ? { kind: 'unanswered' } : { kind: 'problem', text: inWords(error) });
    } finally {
      setBusy(false);
    }
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const result = checked(form);
    if (result.kind === 'problem') {
      setOutcome({ kind: 'problem', text: result.problem });
    } else if (realMoney(controls)) {
      setAsking(result.order);
    } else {
      void send(result.order);
    }
  };

  const quote = quotes[ticker.trim()];
  const buying = form.side.startsWith('buy');
  const notional = estimatedNotional(form, quote);
  const mayTrade = access === 'signed-in';

  return (
    <Panel title="Order ticket" className="ticket" aside={controls === null ? undefined : <ModeChip controls={controls} />}>
      <form className="ticket-form" data-side={buying ? 'buy' : 'sell'} onSubmit={submit} noValidate aria-label="Order">
        <label>
          Ticker
          <input
            value={form.ticker}
            list="streamed-tickers"
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            onChange={(event) => {
              changed();
              setTyped({ ticker: event.target.value.toUpperCase(), over: selected });
            }}
          />
        </label>
        <datalist id="streamed-tickers">
          {tickers.map((streamed) => (
            <option key={streamed} value={streamed}>
              {streamed}
            </option>
          ))}
        </datalist>
        <label>
          Side
          <select
            value={form.side}
            onChange={(event) => change({ side: SIDES.find((side) => side === event.target.value) ?? 'buy' })}
          >
            {SIDES.map((side) => (
              <option key={side} value={side}>
                {capitalized(words(side))}
              </option>
            ))}
          </select>
        </label>
        <label>
          Quantity
          <input value={form.quantity} inputMode="numeric" autoComplete="off" placeholder="shares" onChange={(event) => change({ quantity: event.target.value })} />
        </label>
        <label>
          Order type
          <select
            value={form.orderType}
            onChange={(event) => change({ orderType: ORDER_TYPES.find((type) => type === event.target.value) ?? 'market' })}
          >
            {ORDER_TYPES.map((type) => (
              <option key={type} value={type}>
                {capitalized(words(type))}
              </option>
            ))}
          </select>
        </label>
        {needsStop(form.orderType) && (
          <label>
            Stop price
            <input value={form.stopPrice} inputMode="decimal" autoComplete="off" placeholder={price(quote?.price ?? null)} onChange={(event) => change({ stopPrice: event.target.value })} />
          </label>
        )}
        {needsLimit(form.orderType) && (
          <label>
            Limit price
            <input value={form.limitPrice} inputMode="decimal" autoComplete="off" placeholder={price(quote?.price ?? null)} onChange={(event) => change({ limitPrice: event.target.value })} />
          </label>
        )}
        <label className={form.orderType === 'stop_limit' || form.orderType === 'market' ? 'wide' : undefined}>
          Time in force
          <select
            value={form.timeInForce}
            onChange={(event) => change({ timeInForce: TIMES_IN_FORCE.find((tif) => tif === event.target.value) ?? 'day' })}
          >
            <option value="day">Day</option>
            <option value="gtc">Good till canceled</option>
          </select>
        </label>
        {opens(form.side) && (
          <>
            <label title="A limit that closes the position with a profit; it stands until canceled.">
              Take profit
              <input value={form.takeProfit} inputMode="decimal" autoComplete="off" placeholder="none" onChange={(event) => change({ takeProfit: event.target.value })} />
            </label>
            <label title="A stop that closes the position with a loss; it stands until canceled.">
              Stop loss
              <input value={form.stopLoss} inputMode="decimal" autoComplete="off" placeholder="none" onChange={(event) => change({ stopLoss: event.target.value })} />
            </label>
          </>
        )}
        <div className="ticket-quote">
          <button type="button" className="quote-side" disabled={!quote} title="Use as limit price" onClick={() => change({ orderType: 'limit', limitPrice: String(quote?.bid ?? quote?.price ?? '') })}>
            <small>Bid</small>
            {price(quote?.bid ?? null)}
          </button>
          <button type="button" className="quote-side" disabled={!quote} title="Use as limit price" onClick={() => change({ orderType: 'limit', limitPrice: String(quote?.ask ?? quote?.price ?? '') })}>
            <small>Ask</small>
            {price(quote?.ask ?? null)}
          </button>
        </div>
        <p className="ticket-estimate">
          <span>Estimated value</span>
          <b>{notional === null ? '—' : `$${money(notional)}`}</b>
        </p>
        <button type="submit" className="place" disabled={busy || !mayTrade}>
          Place order
        </button>
        <OutcomeLine outcome={outcome} />
      </form>
      {asking !== null && (
        <ConfirmDialog title="Send this order to the broker?" action={`${capitalized(words(asking.side))} ${asking.quantity} ${asking.ticker}`} danger={!buying} onConfirm={() => void send(asking)} onClose={() => setAsking(null)}>
          <p>
            {capitalized(words(asking.side))} {asking.quantity} {asking.ticker}, {words(asking.order_type)}
            {notional === null ? '' : `, about $${money(notional)}`}
            {asking.bracket?.take_profit === undefined ? '' : `, take profit ${asking.bracket.take_profit}`}
            {asking.bracket?.stop_loss === undefined ? '' : `, stop loss ${asking.bracket.stop_loss}`}. This is real money.
          </p>
        </ConfirmDialog>
      )}
    </Panel>
  );
}

function ModeChip({ controls }: { readonly controls: Controls }) {
  if (controls.mode === 'paper') {
    return <Chip tone="flat">paper</Chip>;
  }
  return <Chip tone={realMoney(controls) ? 'danger' : 'accent'}>{controls.broker === 'simulator' ? 'simulated' : 'real money'}</Chip>;
}

/** What became of the last order, followed until it is done. */
function OutcomeLine({ outcome }: { readonly outcome: Outcome }) {
  const trade = useDesk((state) => (outcome.kind === 'placed' ? state.trades.find(({ id }) => id === outcome.id) : undefined));
  switch (outcome.kind) {
    case 'none':
      return null;
    case 'problem':
      return (
        <p className="problem" role="alert">
          {outcome.text}
        </p>
      );
    case 'unanswered':
      return (
        <p className="problem" role="alert">
          No answer came, so the order may stand or not. Place it again unchanged to find out: it cannot be placed twice.
        </p>
      );
    case 'placed':
      return trade === undefined ? null : (
        <p className="placed" role="status" data-testid="last-order" data-status={trade.status}>
          {capitalized(words(trade.side))} {quantity(trade.quantity)} {trade.ticker}: <b>{words(trade.status)}</b>
          {trade.averageFillPrice === null || isOpen(trade) ? '' : ` at ${exactPrice(trade.averageFillPrice)}`}
          {trade.rejectReason === null ? '' : ` (${trade.rejectReason})`}
        </p>
      );
  }
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
