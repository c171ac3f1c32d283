/**
 * What the gateway sends, parsed where it enters. Everything behind this file has the types below; a message that
 * does not fit is refused here with the name of the field, and unknown fields are ignored.
 */
import { toDecimal, type Decimal } from './decimal';

export type Json = Readonly<Record<string, unknown>>;

export class MalformedError extends Error {
  override readonly name = 'MalformedError';
}

export function asObject(value: unknown, what = 'answer'): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new MalformedError(`${what} is not an object`);
  }
  return value as Json;
}

export function optionalObject(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

export function text(json: Json, field: string): string {
  const value = json[field];
  if (typeof value !== 'string') {
    throw new MalformedError(`${field} is not a string`);
  }
  return value;
}

export function optionalText(json: Json, field: string): string | null {
  const value = json[field];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Ids may be written as numbers or strings; they are compared and sent back as text. */
function id(json: Json, field: string): string {
  const value = json[field];
  if (typeof value === 'number') {
    return String(value);
  }
  return text(json, field);
}

export function optionalNumber(json: Json, field: string): number | null {
  const value = json[field];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function number(json: Json, field: string): number {
  const value = optionalNumber(json, field);
  if (value === null) {
    throw new MalformedError(`${field} is not a number`);
  }
  return value;
}

/** Milliseconds since 1970 of an RFC 3339 time. */
export function optionalInstant(json: Json, field: string): number | null {
  const value = json[field];
  const millis = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(millis) ? null : millis;
}

function instant(json: Json, field: string): number {
  const millis = optionalInstant(json, field);
  if (millis === null) {
    throw new MalformedError(`${field} is not a time`);
  }
  return millis;
}

function decimal(json: Json, field: string): Decimal {
  const value = toDecimal(json[field]);
  if (value === null) {
    throw new MalformedError(`${field} is not a decimal`);
  }
  return value;
}

function optionalDecimal(json: Json, field: string): Decimal | null {
  return toDecimal(json[field]);
}

/** The `items` of a list answer. One malformed item does not hide the others. */
export function items<T>(value: unknown, parse: (item: Json) => T): T[] {
  const list = asObject(value)['items'];
  if (!Array.isArray(list)) {
    throw new MalformedError('items is not a list');
  }
  return list.flatMap((item) => {
    try {
      return [parse(asObject(item, 'item'))];
    } catch (error) {
      if (error instanceof MalformedError) {
        return [];
      }
      throw error;
    }
  });
}

/** One second of a ticker; prices in dollars, time in epoch milliseconds. */
export interface PricePoint {
  readonly time: number;
  readonly price: number;
  readonly volume: number;
  readonly sma9: number | null;
  readonly vwap: number | null;
}

export function parsePricePoint(json: Json): PricePoint {
  return {
    time: instant(json, 'timestamp'),
    price: number(json, 'price'),
    volume: optionalNumber(json, 'volume') ?? 0,
    sma9: optionalNumber(json, 'sma9'),
    vwap: optionalNumber(json, 'vwap'),
  };
}

export interface Candle {
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

export function parseCandle(json: Json): Candle {
  return {
    time: instant(json, 'timestamp'),
    open: number(json, 'open'),
    high: number(json, 'high'),
    low: number(json, 'low'),
    close: number(json, 'close'),
    volume: optionalNumber(json, 'volume') ?? 0,
  };
}

export interface PriceUpdate extends PricePoint {
  readonly ticker: string;
  readonly bid: number | null;
  readonly ask: number | null;
}

export function parsePriceUpdate(json: Json): PriceUpdate {
  return {
    ...parsePricePoint(json),
    ticker: text(json, 'ticker'),
    bid: optionalNumber(json, 'bid'),
    ask: optionalNumber(json, 'ask'),
  };
}

/** The answer of /quote has no `timestamp`: its trade time is the price's time. */
export function parseQuote(value: unknown): PriceUpdate {
  const json = asObject(value);
  return {
    ticker: text(json, 'ticker'),
    time: optionalInstant(json, 'trade_time') ?? instant(json, 'quote_time'),
    price: number(json, 'price'),
    volume: 0,
    sma9: optionalNumber(json, 'sma9'),
    vwap: optionalNumber(json, 'vwap'),
    bid: optionalNumber(json, 'bid'),
    ask: optionalNumber(json, 'ask'),
  };
}

export interface Signal {
  readonly ticker: string;
  readonly time: number;
  readonly direction: 'up' | 'down';
  readonly price: number | null;
  readonly sma9: number | null;
  readonly vwap: number | null;
  /** What became of it: traded, stale, backfilled and whatever a strategy adds. */
  readonly action: string | null;
}

export function parseSignal(json: Json): Signal {
  const direction = text(json, 'direction');
  if (direction !== 'up' && direction !== 'down') {
    throw new MalformedError(`direction is ${direction}`);
  }
  return {
    ticker: text(json, 'ticker'),
    time: instant(json, 'timestamp'),
    direction,
    price: optionalNumber(json, 'price'),
    sma9: optionalNumber(json, 'sma9'),
    vwap: optionalNumber(json, 'vwap'),
    action: optionalText(json, 'action'),
  };
}

export interface Trade {
  readonly id: string;
  readonly ticker: string;
  readonly side: string;
  readonly quantity: Decimal;
  readonly orderType: string;
  readonly limitPrice: Decimal | null;
  readonly stopPrice: Decimal | null;
  readonly timeInForce: string | null;
  readonly status: string;
  readonly filledQuantity: Decimal | null;
  readonly averageFillPrice: Decimal | null;
  readonly brokerOrderId: string | null;
  readonly rejectReason: string | null;
  readonly source: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly marketTime: number | null;
  /** The newest change that was asked for. */
  readonly change: TradeChange | null;
  /** Whether it brings exits with it. */
  readonly bracket: boolean;
  /** Of an exit: the trade of its entry, and take_profit or stop_loss. */
  readonly parentId: string | null;
  readonly role: string | null;
  /** What its open position lacks of its exits. */
  readonly unprotected: string | null;
  /** Who accepted just that; null while nobody has. */
  readonly unprotectedAcceptedBy: string | null;
}

export interface TradeChange {
  readonly status: string;
  readonly reason: string | null;
}

function parseChange(json: Json | null): TradeChange | null {
  return json === null ? null : { status: text(json, 'status'), reason: optionalText(json, 'reason') };
}

export function parseTrade(json: Json): Trade {
  const createdAt = instant(json, 'created_at');
  const brokerOrderId = json['broker_order_id'];
  return {
    id: id(json, 'id'),
    ticker: text(json, 'ticker'),
    side: text(json, 'side'),
    quantity: decimal(json, 'quantity'),
    orderType: text(json, 'order_type'),
    limitPrice: optionalDecimal(json, 'limit_price'),
    stopPrice: optionalDecimal(json, 'stop_price'),
    timeInForce: optionalText(json, 'time_in_force'),
    status: text(json, 'status'),
    filledQuantity: optionalDecimal(json, 'filled_quantity'),
    averageFillPrice: optionalDecimal(json, 'average_fill_price'),
    brokerOrderId: typeof brokerOrderId === 'number' ? String(brokerOrderId) : optionalText(json, 'broker_order_id'),
    rejectReason: optionalText(json, 'reject_reason'),
    source: optionalText(json, 'source'),
    createdAt,
    updatedAt: optionalInstant(json, 'updated_at') ?? createdAt,
    marketTime: optionalInstant(json, 'market_time'),
    change: parseChange(optionalObject(json['change'])),
    bracket: optionalObject(json['bracket']) !== null,
    parentId: optionalText(json, 'parent_id'),
    role: optionalText(json, 'role'),
    unprotected: optionalText(json, 'unprotected'),
    unprotectedAcceptedBy: optionalText(json, 'unprotected_accepted_by'),
  };
}

export interface Position {
  readonly ticker: string;
  readonly assetType: string;
  readonly optionSymbol: string | null;
  /** Signed: negative is short. */
  readonly quantity: Decimal;
  readonly averagePrice: Decimal | null;
  readonly marketPrice: Decimal | null;
  readonly marketValue: Decimal | null;
  readonly costBasis: Decimal | null;
  readonly unrealizedPnl: Decimal | null;
  readonly realizedPnl: Decimal | null;
}

export function parsePosition(json: Json): Position {
  return {
    ticker: text(json, 'ticker'),
    assetType: optionalText(json, 'asset_type') ?? 'equity',
    optionSymbol: optionalText(json, 'option_symbol'),
    quantity: decimal(json, 'quantity'),
    averagePrice: optionalDecimal(json, 'average_price'),
    marketPrice: optionalDecimal(json, 'market_price'),
    marketValue: optionalDecimal(json, 'market_value'),
    costBasis: optionalDecimal(json, 'cost_basis'),
    unrealizedPnl: optionalDecimal(json, 'unrealized_pnl'),
    realizedPnl: optionalDecimal(json, 'realized_pnl'),
  };
}

export interface Portfolio {
  readonly cash: Decimal | null;
  readonly equity: Decimal | null;
  readonly buyingPower: Decimal | null;
  readonly unrealizedPnl: Decimal | null;
  readonly positions: readonly Position[];
}

export function parsePortfolio(json: Json): Portfolio {
  return {
    cash: optionalDecimal(json, 'cash'),
    equity: optionalDecimal(json, 'equity'),
    buyingPower: optionalDecimal(json, 'buying_power'),
    unrealizedPnl: optionalDecimal(json, 'unrealized_pnl'),
    positions: Array.isArray(json['positions']) ? items({ items: json['positions'] }, parsePosition) : [],
  };
}

export interface DailyPnl {
  readonly date: string;
  readonly realizedPnl: Decimal;
  /** What of the unrealized P&L there was before the date began. */
  readonly carriedPnl: Decimal;
  readonly fees: Decimal;
}

export function parseDailyPnl(json: Json): DailyPnl {
  return {
    date: text(json, 'date'),
    realizedPnl: decimal(json, 'realized_pnl'),
    carriedPnl: decimal(json, 'carried_pnl'),
    fees: decimal(json, 'fees'),
  };
}

export interface Controls {
  readonly mode: string;
  readonly broker: string;
  readonly armed: boolean;
  readonly autoTrading: boolean;
  readonly state: string;
  /** Why it is halted or reduced, where the engine said so. */
  readonly stateReason: string | null;
  /** The halt file on the engine's machine, which stops every order; null when there is none. */
  readonly halt: { readonly by: string; readonly at: number | null; readonly reason: string | null } | null;
  /** Another after each halt: resuming with it ends no other than the one that is shown. */
  readonly haltVersion: string | null;
  /** Whether arming takes the last four of the account: always, unless the broker is the simulator. */
  readonly confirmRequired: boolean;
}

function parseHalt(value: unknown): Controls['halt'] {
  if (value === null || value === undefined) {
    return null;
  }
  const json = asObject(value);
  return { by: text(json, 'by'), at: optionalInstant(json, 'at'), reason: optionalText(json, 'reason') };
}

export function parseControls(value: unknown): Controls {
  const json = asObject(value);
  return {
    mode: text(json, 'mode'),
    broker: optionalText(json, 'broker') ?? '',
    armed: json['armed'] === true,
    autoTrading: json['auto_trading'] === true,
    state: optionalText(json, 'state') ?? 'active',
    stateReason: optionalText(json, 'state_reason'),
    halt: parseHalt(json['halt']),
    haltVersion: optionalText(json, 'halt_version'),
    confirmRequired: typeof json['confirm_required'] === 'boolean' ? json['confirm_required'] : json['broker'] !== 'simulator',
  };
}

/** The replay's control, an extension of this gateway: present only when the broker is our simulator. */
export interface Replay {
  readonly speed: number;
  readonly paused: boolean;
  readonly marketTime: number | null;
}

export function parseReplay(value: unknown): Replay {
  const json = asObject(value);
  return {
    speed: number(json, 'speed'),
    paused: json['paused'] === true,
    marketTime: optionalInstant(json, 'market_time'),
  };
}

export interface Alert {
  readonly time: number | null;
  readonly severity: string;
  readonly message: string;
  /** Of an alarm, which holds until it is cleared; null for what is only a moment. */
  readonly id: number | null;
  readonly hint: string | null;
  readonly raisedAt: number | null;
  readonly cleared: boolean;
}

export function parseAlert(json: Json): Alert {
  return {
    time: optionalInstant(json, 'timestamp') ?? optionalInstant(json, 'created_at') ?? optionalInstant(json, 'time'),
    severity: optionalText(json, 'severity') ?? optionalText(json, 'level') ?? 'info',
    message:
      optionalText(json, 'message') ?? optionalText(json, 'text') ?? optionalText(json, 'title') ?? optionalText(json, 'code') ?? 'alert',
    id: optionalNumber(json, 'id'),
    hint: optionalText(json, 'hint'),
    raisedAt: optionalInstant(json, 'raised_at') ?? optionalInstant(json, 'at'),
    cleared: optionalText(json, 'cleared_at') !== null,
  };
}

/** The latest of one option contract. Null is what nobody knows; zero is a number. */
export interface OptionQuote {
  readonly ticker: string;
  readonly symbol: string;
  readonly type: 'call' | 'put';
  readonly strike: number;
  /** The Eastern date. */
  readonly expiration: string;
  readonly time: number;
  readonly last: number | null;
  readonly bid: number | null;
  readonly ask: number | null;
  /** Contracts since the day's start. */
  readonly volume: number | null;
  readonly openInterest: number | null;
  /** In percent. */
  readonly volatility: number | null;
  readonly delta: number | null;
}

export function parseOption(json: Json): OptionQuote {
  return {
    ticker: text(json, 'ticker'),
    symbol: text(json, 'option_symbol'),
    type: text(json, 'option_type') === 'put' ? 'put' : 'call',
    strike: number(json, 'strike_price'),
    expiration: text(json, 'expiration_date'),
    time: instant(json, 'timestamp'),
    last: optionalNumber(json, 'last_price'),
    bid: optionalNumber(json, 'bid'),
    ask: optionalNumber(json, 'ask'),
    volume: optionalNumber(json, 'volume'),
    openInterest: optionalNumber(json, 'open_interest'),
    volatility: optionalNumber(json, 'implied_volatility'),
    delta: optionalNumber(json, 'delta'),
  };
}

/** An order at the broker that says what was sent. */
export interface Candidate {
  readonly id: string;
  readonly status: string;
  readonly enteredAt: number | null;
  readonly filled: Decimal | null;
}

/** An order of which nobody knows whether the broker has it. */
export interface Unresolved {
  readonly id: string;
  readonly tradeId: string;
  readonly accountId: string;
  readonly ticker: string;
  readonly optionSymbol: string | null;
  readonly side: string;
  readonly quantity: Decimal;
  readonly orderType: string;
  readonly limitPrice: Decimal | null;
  readonly stopPrice: Decimal | null;
  readonly state: string;
  readonly reason: string;
  readonly claimedAt: number;
  /** What is being done about it, in words. */
  readonly doing: string;
  readonly candidates: readonly Candidate[];
  readonly absenceShown: boolean;
  readonly overridable: boolean;
  /** That the broker holds another quantity, in words. */
  readonly difference: string | null;
  /** Exits that cannot be sent, in words. */
  readonly exits: readonly string[];
  readonly newRiskIn: string;
  readonly account: boolean;
  readonly lane: string;
  /** How many trades wait for it. */
  readonly waiting: number;
  /** What was last said about it. */
  readonly said: { readonly person: string; readonly evidence: string; readonly status: string; readonly answer: string | null } | null;
}

export function parseUnresolved(json: Json): Unresolved {
  const evidence = asObject(json['evidence'], 'evidence');
  const blocks = asObject(json['blocks'], 'blocks');
  const may = asObject(json['may'], 'may');
  const difference = optionalObject(evidence['position_difference']);
  const said = optionalObject(json['resolution']);
  return {
    id: text(json, 'id'),
    tradeId: text(json, 'trade_id'),
    accountId: text(json, 'account_id'),
    ticker: text(json, 'ticker'),
    optionSymbol: optionalText(json, 'option_symbol'),
    side: text(json, 'side'),
    quantity: decimal(json, 'quantity'),
    orderType: text(json, 'order_type'),
    limitPrice: optionalDecimal(json, 'limit_price'),
    stopPrice: optionalDecimal(json, 'stop_price'),
    state: text(json, 'state'),
    reason: text(json, 'reason'),
    claimedAt: instant(json, 'claimed_at'),
    doing: text(json, 'doing'),
    candidates: items({ items: evidence['candidates'] }, (candidate) => ({
      id: text(candidate, 'broker_order_id'),
      status: text(candidate, 'status'),
      enteredAt: optionalInstant(candidate, 'entered_at'),
      filled: optionalDecimal(candidate, 'filled_quantity'),
    })),
    absenceShown: may['not_placed'] === true,
    overridable: may['override'] === true,
    difference:
      difference === null ? null : `The broker holds ${text(difference, 'theirs')}, we have ${text(difference, 'ours')}, and nobody knows why.`,
    exits: items({ items: blocks['exits'] }, (exit) => text(exit, 'says')),
    newRiskIn: text(blocks, 'new_risk_in'),
    account: blocks['account'] === true,
    lane: text(blocks, 'lane'),
    waiting: strings(blocks['waiting']).length,
    said:
      said === null
        ? null
        : { person: text(said, 'person'), evidence: text(said, 'evidence'), status: text(said, 'status'), answer: optionalText(said, 'answer') },
  };
}

export type Channel = 'prices' | 'signals' | 'trades' | 'positions' | 'portfolio' | 'options' | 'alerts' | 'unresolved';

export type ServerMessage =
  | { readonly kind: 'authenticated'; readonly scopes: readonly string[] }
  | { readonly kind: 'subscribed'; readonly epoch: string | null; readonly tickers: readonly string[] }
  | { readonly kind: 'price'; readonly seq: number | null; readonly snapshot: boolean; readonly update: PriceUpdate }
  | { readonly kind: 'signal'; readonly seq: number | null; readonly signal: Signal }
  | { readonly kind: 'trade'; readonly seq: number | null; readonly trade: Trade }
  | { readonly kind: 'position'; readonly seq: number | null; readonly position: Position }
  | { readonly kind: 'portfolio'; readonly seq: number | null; readonly portfolio: Portfolio }
  | { readonly kind: 'option'; readonly seq: number | null; readonly option: OptionQuote }
  | { readonly kind: 'alert'; readonly seq: number | null; readonly alert: Alert }
  | { readonly kind: 'unresolved'; readonly seq: number | null; readonly items: readonly Unresolved[] }
  | { readonly kind: 'heartbeat'; readonly lagMillis: number | null; readonly dropped: number | null }
  | { readonly kind: 'pong' }
  | { readonly kind: 'error'; readonly code: string; readonly message: string }
  /** A kind this page does not know: newer servers may send more. */
  | { readonly kind: 'other'; readonly type: string };

export function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : [];
}

/** @throws MalformedError when it is no message at all or lacks what its type must have */
export function parseServerMessage(frame: string): ServerMessage {
  let value: unknown;
  try {
    value = JSON.parse(frame);
  } catch {
    throw new MalformedError('message is not JSON');
  }
  const json = asObject(value, 'message');
  const type = text(json, 'type');
  const seq = optionalNumber(json, 'seq');
  // An event's body stands under its own name or beside the type.
  const body = optionalObject(json[type]) ?? json;
  switch (type) {
    case 'authenticated':
      return { kind: 'authenticated', scopes: strings(json['scopes']) };
    case 'subscribed':
      return { kind: 'subscribed', epoch: optionalText(json, 'epoch'), tickers: strings(json['tickers']) };
    case 'price':
      return { kind: 'price', seq, snapshot: json['snapshot'] === true, update: parsePriceUpdate(json) };
    case 'signal':
      return { kind: 'signal', seq, signal: parseSignal(body) };
    case 'trade':
      return { kind: 'trade', seq, trade: parseTrade(body) };
    case 'position':
      return { kind: 'position', seq, position: parsePosition(body) };
    case 'portfolio':
      return { kind: 'portfolio', seq, portfolio: parsePortfolio(body) };
    case 'option':
      return { kind: 'option', seq, option: parseOption(body) };
    case 'alert':
      return { kind: 'alert', seq, alert: parseAlert(body) };
    case 'unresolved':
      return { kind: 'unresolved', seq, items: items(json, parseUnresolved) };
    case 'heartbeat':
      return { kind: 'heartbeat', lagMillis: optionalNumber(json, 'lag_ms'), dropped: optionalNumber(json, 'dropped') };
    case 'pong':
      return { kind: 'pong' };
    case 'error':
      return { kind: 'error', code: optionalText(json, 'code') ?? 'error', message: optionalText(json, 'message') ?? '' };
    default:
      return { kind: 'other', type };
  }
}

/** One thing a person should know about the system's health. */
export interface HealthNote {
  readonly level: 'ok' | 'info' | 'warning' | 'error';
  readonly subject: string;
  readonly text: string;
}

export interface SystemStatus {
  readonly overall: string | null;
  readonly marketClock: string | null;
  readonly marketTime: number | null;
  readonly sessionOpen: boolean | null;
  readonly tickers: readonly string[];
  /** When orders, fills and positions were last shown equal to the broker's, wall time. */
  readonly brokerProvenAt: number | null;
  readonly notes: readonly HealthNote[];
}

function level(word: string | null): HealthNote['level'] {
  switch (word?.toLowerCase()) {
    case 'up':
    case 'ok':
    case 'healthy':
    case 'ready':
    case 'active':
    case 'open':
      return 'ok';
    case 'info':
      return 'info';
    case 'down':
    case 'error':
    case 'critical':
    case 'fatal':
    case 'halted':
      return 'error';
    default:
      return 'warning';
  }
}

/** A detail in words: the first field that says something. */
function explanation(json: Json): string | null {
  for (const field of ['message', 'detail', 'text', 'note', 'reason', 'hint']) {
    const found = optionalText(json, field);
    if (found !== null) {
      return found;
    }
  }
  return null;
}

function noteOf(value: unknown): HealthNote[] {
  if (typeof value === 'string') {
    return [{ level: 'warning', subject: '', text: value }];
  }
  const json = optionalObject(value);
  const said = json === null ? null : explanation(json);
  if (json === null || said === null) {
    return [];
  }
  return [
    {
      level: level(optionalText(json, 'level') ?? optionalText(json, 'severity') ?? optionalText(json, 'status')),
      subject: optionalText(json, 'subject') ?? optionalText(json, 'check') ?? optionalText(json, 'service') ?? '',
      text: said,
    },
  ];
}

/** Services and checks come as a list with names or as an object keyed by name. */
function named(value: unknown): [string, Json][] {
  if (Array.isArray(value)) {
    return value.flatMap((entry) => {
      const json = optionalObject(entry);
      const name = json === null ? null : (optionalText(json, 'name') ?? optionalText(json, 'service') ?? optionalText(json, 'check'));
      return json === null || name === null ? [] : [[name, json] as [string, Json]];
    });
  }
  const json = optionalObject(value);
  return json === null
    ? []
    : Object.entries(json).flatMap(([name, entry]) => {
        const found = typeof entry === 'string' ? { status: entry } : optionalObject(entry);
        return found === null ? [] : [[name, found] as [string, Json]];
      });
}

/** The status answer belongs to the gateway's developers: every field is optional and unknown ones are ignored. */
export function parseSystemStatus(value: unknown): SystemStatus {
  const json = asObject(value);
  const notes: HealthNote[] = [];
  for (const group of ['services', 'checks']) {
    for (const [name, entry] of named(json[group])) {
      const status = optionalText(entry, 'status');
      if (status !== null) {
        notes.push({ level: level(status), subject: name, text: explanation(entry) ?? status.toLowerCase() });
      }
      for (const [check, detail] of named(entry['checks'])) {
        const found = optionalText(detail, 'status');
        if (found !== null && level(found) !== 'ok' && level(found) !== 'info') {
          notes.push({ level: level(found), subject: `${name} ${check}`, text: explanation(detail) ?? found.toLowerCase() });
        }
      }
    }
  }
  for (const field of ['notes', 'health_notes', 'warnings', 'problems', 'alerts']) {
    const list = json[field];
    if (Array.isArray(list)) {
      notes.push(...list.flatMap(noteOf));
    }
  }
  const session = optionalObject(json['session']);
  const open = json['session_open'] ?? json['market_open'] ?? session?.['open'];
  const market = optionalObject(json['market']);
  return {
    overall: optionalText(json, 'status'),
    marketClock: optionalText(json, 'market_clock') ?? (market === null ? null : optionalText(market, 'clock')),
    marketTime: optionalInstant(json, 'market_time') ?? (market === null ? null : optionalInstant(market, 'time')),
    sessionOpen: typeof open === 'boolean' ? open : null,
    tickers: strings(json['tickers'] ?? json['stream_tickers']),
    brokerProvenAt: optionalInstant(json, 'broker_proven_at'),
    notes,
  };
}
