/**
 * A stand-in for the gateway, for developing the page: REST and WebSocket of the contract over a made-up market.
 *
 *   node dev/mock-gateway.mjs [--port 8099] [--dir target/classes/META-INF/resources] [--speed 30] [--minutes 95]
 *
 * Prints its sign-in URL. Prices are a random walk (the seed is printed, --seed repeats it), nothing is stored, and
 * orders fill at the next second's price. Never part of the product.
 */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { parseArgs } from 'node:util';
import { accept } from './websocket.mjs';

const { values: options } = parseArgs({
  options: {
    port: { type: 'string', default: '8099' },
    dir: { type: 'string', default: 'target/classes/META-INF/resources' },
    speed: { type: 'string', default: '30' },
    minutes: { type: 'string', default: '95' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
    unresolved: { type: 'boolean', default: false },
    unprotected: { type: 'boolean', default: false },
  },
});

let speed = Number(options.speed);
let state = Number(options.seed);
const random = () => {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
};
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

const DAY = 86_400_000;
const SESSION = 6.5 * 3_600_000;
/** The open of the session that runs now; the days after the first are made up as they come, weekends included. */
let open = Date.parse('2013-10-07T13:30:00Z');
const epoch = `mock-${options.seed}`;
const cents = (value) => Math.round(value * 100) / 100;
const four = (value) => Math.round(value * 10_000) / 10_000;
const iso = (millis) => new Date(millis).toISOString().replace('.000Z', 'Z');

class Market {
  constructor(ticker, start, volatility, activity) {
    Object.assign(this, { ticker, start, volatility, activity });
    this.value = start;
    this.anchor = start;
    this.rows = [];
    this.signals = [];
    this.bars = [];
    this.beginSession();
  }

  beginSession() {
    this.notional = 0;
    this.total = 0;
    this.relation = 0;
  }

  tick(time) {
    this.anchor += normal() * this.volatility * 0.25;
    this.value += normal() * this.volatility + (this.anchor - this.value) * 0.004;
    if (random() > this.activity) {
      return null;
    }
    const price = cents(this.value);
    const volume = 100 * Math.ceil(random() ** 4 * 60) + Math.floor(random() * 80);
    this.notional += price * volume;
    this.total += volume;
    const minute = Math.floor(time / 60_000);
    if (this.bars.at(-1)?.minute !== minute) {
      this.bars.push({ minute, close: price });
    }
    this.bars.at(-1).close = price;
    const nine = this.bars.slice(-9);
    const sma9 = nine.length === 9 ? four(nine.reduce((sum, bar) => sum + bar.close, 0) / 9) : null;
    const vwap = four(this.notional / this.total);
    const row = { timestamp: iso(time), price, volume, sma9, vwap, source: 'stream' };
    this.rows.push(row);
    if (sma9 !== null && sma9 !== vwap) {
      const relation = sma9 > vwap ? 1 : -1;
      if (this.relation !== 0 && relation !== this.relation) {
        const direction = relation > 0 ? 'up' : 'down';
        const signal = { ticker: this.ticker, timestamp: row.timestamp, direction, price, sma9, vwap, action: 'traded' };
        this.signals.push(signal);
        onSignal(signal, time);
      }
      this.relation = relation;
    }
    return row;
  }

  get last() {
    return this.rows.at(-1);
  }
}

const markets = new Map([
  ['SPY', new Market('SPY', 167.42, 0.012, 0.97)],
  ['IBM', new Market('IBM', 181.73, 0.018, 0.55)],
  ['BAC', new Market('BAC', 13.88, 0.003, 0.8)],
]);
const subscribers = new Set();
const seqs = {};
const trades = [];
const positions = new Map();
/** The tickers of which the strategy holds its one share. */
const strategyLong = new Set();
let cash = 100_000;
let realizedToday = 0;
const controls = { mode: 'live', broker: 'simulator', armed: true, auto_trading: true, state: 'active' };
let clock = open;
let live = false;

function publish(channel, message) {
  seqs[channel] = (seqs[channel] ?? 0) + 1;
  const frame = JSON.stringify({ ...message, seq: seqs[channel] });
  for (const subscriber of subscribers) {
    if (subscriber.channels.has(channel) && (!message.ticker || subscriber.tickers.size === 0 || subscriber.tickers.has(message.ticker))) {
      subscriber.send(frame);
    }
  }
}

function priceMessage({ ticker, last }) {
  const { source: _source, ...row } = last;
  return { type: 'price', ticker, ...row, bid: cents(last.price - 0.01), ask: cents(last.price + 0.01) };
}

/** Contracts around the money of SPY, plain enough to look right; the other tickers have none. */
function chain({ ticker, last }) {
  if (ticker !== 'SPY') {
    return [];
  }
  const middle = Math.round(last.price);
  return [-2, -1, 0, 1, 2].flatMap((distance) =>
    ['call', 'put'].map((option_type) => {
      const strike = middle + distance;
      const inside = (last.price - strike) * (option_type === 'call' ? 1 : -1);
      const worth = Math.max(inside, 0) + 0.62 * Math.exp(-(inside ** 2) / 2);
      const delta = (option_type === 'call' ? 1 : -1) / (1 + Math.exp(-1.7 * inside));
      const code = `${option_type === 'call' ? 'C' : 'P'}${String(strike * 1000).padStart(8, '0')}`;
      return {
        ticker,
        option_symbol: `SPY   131007${code}`,
        option_type,
        strike_price: strike,
        expiration_date: '2013-10-07',
        timestamp: last.timestamp,
        last_price: distance === 2 ? null : cents(worth),
        bid: cents(worth - 0.01),
        ask: cents(worth + 0.01),
        volume: 400 + 37 * (strike % 9),
        open_interest: 1200 + 311 * (strike % 7),
        implied_volatility: 15.1 - distance / 2,
        delta: four(delta),
        gamma: 0.21,
        theta: -0.4,
        vega: 0.03,
      };
    }),
  );
}

function onSignal(signal, time) {
  if (live) {
    publish('signals', { type: 'signal', ...signal });
  }
  const long = strategyLong.has(signal.ticker);
  if (controls.auto_trading && (signal.direction === 'up') !== long) {
    strategyLong[long ? 'delete' : 'add'](signal.ticker);
    const trade = newTrade({ ticker: signal.ticker, side: long ? 'sell' : 'buy', quantity: '1', order_type: 'market' }, 'auto', time);
    fill(trade, signal.price, time);
  }
}

function newTrade(body, source, time) {
  const at = live ? new Date().toISOString() : iso(Date.now() - (clock - time) / 30 - 60_000);
  const trade = {
    id: String(trades.length + 1),
    ticker: body.ticker,
    asset_type: 'equity',
    side: body.side,
    quantity: String(body.quantity),
    order_type: body.order_type,
    limit_price: body.limit_price ?? null,
    stop_price: body.stop_price ?? null,
    time_in_force: body.time_in_force ?? 'day',
    status: 'pending',
    filled_quantity: '0',
    average_fill_price: null,
    broker_order_id: null,
    reject_reason: null,
    source,
    signal_id: null,
    created_at: at,
    updated_at: at,
    market_time: iso(time),
  };
  trades.push(trade);
  return trade;
}

function change(trade, changes) {
  Object.assign(trade, changes, live ? { updated_at: new Date().toISOString() } : {});
  if (live) {
    publish('trades', { type: 'trade', trade });
  }
}

function fill(trade, price) {
  const signed = Number(trade.quantity) * (trade.side.startsWith('buy') ? 1 : -1);
  change(trade, {
    status: 'filled',
    filled_quantity: trade.quantity,
    average_fill_price: price.toFixed(4),
    broker_order_id: `10${trade.id.padStart(8, '0')}`,
  });
  const held = positions.get(trade.ticker) ?? { quantity: 0, cost: 0, realized: 0 };
  if (held.quantity !== 0 && Math.sign(signed) !== Math.sign(held.quantity)) {
    const gain = (price - held.cost / held.quantity) * -signed;
    held.realized += gain;
    realizedToday += gain;
    held.cost += (held.cost / held.quantity) * signed;
  } else {
    held.cost += price * signed;
  }
  held.quantity += signed;
  cash -= price * signed;
  positions.set(trade.ticker, held);
  if (live) {
    publish('positions', { type: 'position', position: positionOf(trade.ticker) });
  }
}

function positionOf(ticker) {
  const { quantity, cost, realized } = positions.get(ticker);
  const { price } = markets.get(ticker).last;
  return {
    ticker,
    asset_type: 'equity',
    option_symbol: null,
    quantity: String(quantity),
    average_price: quantity === 0 ? null : (cost / quantity).toFixed(8),
    market_price: price.toFixed(4),
    market_value: (price * quantity).toFixed(2),
    cost_basis: cost.toFixed(2),
    unrealized_pnl: (price * quantity - cost).toFixed(2),
    realized_pnl: realized.toFixed(2),
  };
}

function portfolio() {
  const held = [...positions.keys()].map(positionOf);
  const value = held.reduce((sum, position) => sum + Number(position.market_value), 0);
  const unrealized = held.reduce((sum, position) => sum + Number(position.unrealized_pnl), 0);
  return {
    cash: cash.toFixed(2),
    equity: (cash + value).toFixed(2),
    buying_power: cash.toFixed(2),
    unrealized_pnl: unrealized.toFixed(2),
    realized_pnl: realizedToday.toFixed(2),
    positions: held,
  };
}

function advance(seconds) {
  for (let i = 0; i < seconds; i++, clock += 1000) {
    if (clock >= open + SESSION) {
      open += DAY;
      clock = open;
      markets.forEach((market) => market.beginSession());
    }
    for (const market of markets.values()) {
      market.tick(clock);
    }
  }
}

/** What waits for a person, with --unresolved. */
const unresolved = options.unresolved
  ? [
      {
        id: '10000000-0000-0000-0000-000000000001',
        trade_id: '10000000-0000-0000-0000-000000000002',
        account_id: 'simulator:5678',
        ticker: 'SPY',
        option_symbol: null,
        side: 'sell',
        quantity: '10',
        order_type: 'limit',
        limit_price: '167.50',
        stop_price: null,
        state: 'unresolved',
        reason: 'several_fit',
        claimed_at: new Date(Date.now() - 95_000).toISOString(),
        doing: '2 orders at the broker fit: a person says which.',
        evidence: {
          candidates: [
            { broker_order_id: '1003', status: 'open', entered_at: new Date(Date.now() - 94_000).toISOString(), filled_quantity: '0' },
            { broker_order_id: '1004', status: 'filled', entered_at: new Date(Date.now() - 92_000).toISOString(), filled_quantity: '10' },
          ],
          position_difference: null,
        },
        blocks: {
          new_risk_in: 'SPY',
          account: false,
          lane: 'sell SPY',
          exits: [{ says: 'sell 100 SPY cannot be sent until this is resolved' }],
          waiting: ['10000000-0000-0000-0000-000000000003'],
        },
        may: { placed: ['1003', '1004'], not_placed: false, override: false },
        resolution: null,
      },
    ]
  : [];

advance(Number(options.minutes) * 60);
if (options.unprotected) {
  const entry = newTrade({ ticker: 'SPY', side: 'buy', quantity: 10, order_type: 'limit', limit_price: '167.40' }, 'manual', clock);
  const bracket = { take_profit: '170.00', stop_loss: '165.00', stop_limit: null };
  const unprotectedNow = '10 SPY held: take profit canceled, stop loss canceled';
  Object.assign(entry, { status: 'filled', filled_quantity: '10', average_fill_price: '167.3900', bracket, unprotected: unprotectedNow, unprotected_accepted_by: null });
}
live = true;

const timer = setInterval(() => {
  advance(speed);
  for (const market of markets.values()) {
    publish('prices', priceMessage(market));
    chain(market).forEach((option) => publish('options', { type: 'option', ...option }));
  }
  for (const trade of trades.filter(({ status }) => status === 'pending' || status === 'working')) {
    const { price } = markets.get(trade.ticker).last;
    if (controls.state === 'halted') {
      change(trade, { status: 'rejected', reject_reason: 'Trading is halted.' });
    } else if (Number(trade.quantity) > 100) {
      change(trade, { status: 'rejected', reject_reason: 'RISK_MAX_ORDER_QUANTITY: 100 shares at most, 500 asked.' });
    } else if (trade.order_type === 'market') {
      fill(trade, price);
    } else if (trade.status === 'pending') {
      change(trade, { status: 'working', broker_order_id: `10${trade.id.padStart(8, '0')}` });
    }
  }
}, 1000);
const beat = setInterval(() => {
  for (const subscriber of subscribers) {
    subscriber.send(JSON.stringify({ type: 'heartbeat', lag_ms: 3, dropped: 0 }));
  }
}, 10_000);

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.txt': 'text/plain' };

function answer(response, status, body, headers = {}) {
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  response.writeHead(status, { 'Content-Type': type, 'X-Request-Id': 'mock', ...headers });
  response.end(body === undefined ? '' : JSON.stringify(body));
}

function bars(market, millis, from) {
  const found = new Map();
  for (const { timestamp, price, volume } of market.rows) {
    const start = Math.floor(Date.parse(timestamp) / millis) * millis;
    if (start >= from) {
      const bar = found.get(start) ?? { timestamp: iso(start), open: price, high: price, low: price, close: price, volume: 0 };
      bar.high = Math.max(bar.high, price);
      bar.low = Math.min(bar.low, price);
      bar.close = price;
      bar.volume += volume;
      found.set(start, bar);
    }
  }
  return [...found.values()];
}

const INTERVALS = { '1s': 1000, '5s': 5000, '1m': 60_000, '5m': 300_000, '15m': 900_000, '1h': 3_600_000 };

async function bodyOf(request) {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
  }
  return text === '' ? {} : JSON.parse(text);
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://mock');
  const query = (name) => url.searchParams.get(name);
  const route = `${request.method} ${url.pathname}`;
  const signedIn = (request.headers.cookie ?? '').includes('kite=mock');
  if (url.pathname === '/sign-in') {
    response.writeHead(303, { Location: '/', 'Set-Cookie': 'kite=mock; HttpOnly; SameSite=Strict; Path=/' });
    response.end();
    return;
  }
  if (!url.pathname.startsWith('/v1/')) {
    serveFile(url.pathname, response);
    return;
  }
  const parts = url.pathname.split('/');
  if (parts[2] === 'equities') {
    const market = markets.get(parts[3]);
    if (market === undefined) {
      answer(response, parts[4] === 'quote' ? 404 : 200, parts[4] === 'quote' ? { title: 'No data', status: 404 } : { items: [] });
    } else if (parts[4] === 'prices') {
      const from = Math.max(Date.parse(query('from') ?? iso(open)), Date.parse(query('cursor') ?? iso(0)));
      const to = Date.parse(query('to') ?? iso(open + SESSION));
      const limit = Number(query('limit') ?? 1000);
      const rows = market.rows.filter(({ timestamp }) => Date.parse(timestamp) >= from && Date.parse(timestamp) < to);
      answer(response, 200, { items: rows.slice(0, limit), next_cursor: rows[limit]?.timestamp ?? null });
    } else if (parts[4] === 'bars' && query('interval') === '1d') {
      const bar = { timestamp: '2013-10-04T04:00:00Z', open: market.start, high: market.start, low: market.start, close: market.start, volume: 1 };
      answer(response, 200, { items: [bar] });
    } else if (parts[4] === 'bars') {
      answer(response, 200, { items: bars(market, INTERVALS[query('interval')], Date.parse(query('from') ?? iso(open))) });
    } else {
      const { type: _type, timestamp, ...quote } = priceMessage(market);
      answer(response, 200, { ...quote, bid_size: 5, ask_size: 7, quote_time: timestamp, trade_time: timestamp });
    }
    return;
  }
  if (parts[2] === 'options') {
    answer(response, 200, { items: markets.has(parts[3]) ? chain(markets.get(parts[3])) : [] });
    return;
  }
  if (route === 'GET /v1/signals') {
    answer(response, 200, { items: [...markets.values()].flatMap(({ signals }) => signals) });
    return;
  }
  if (route === 'GET /v1/streaming/health') {
    answer(response, 200, {
      items: [...markets.keys()].map((ticker) => ({ ticker, last_update: iso(clock), records_last_hour: 3600, status: 'healthy' })),
    });
    return;
  }
  if (!signedIn) {
    answer(response, 401, { title: 'Unauthorized', status: 401, code: 'unauthorized', detail: 'A key is needed.' });
    return;
  }
  switch (route) {
    case 'GET /v1/system/status':
      answer(response, 200, {
        status: 'UP',
        market_clock: 'feed',
        broker_proven_at: new Date(Date.now() - 4000).toISOString(),
        market_time: iso(clock),
        services: {
          'streaming-service': { status: 'UP', detail: '3 tickers, last tick 0.4 s ago' },
          'trading-engine': { status: 'UP', detail: 'reconciled, armed' },
          'schwab-simulator': { status: 'UP', detail: `replaying at ${speed}x` },
        },
        notes: [{ level: 'warning', subject: 'options', message: 'No option chain is recorded for this session.' }],
      });
      return;
    case 'GET /v1/trading/controls':
      answer(response, 200, controls);
      return;
    case 'PATCH /v1/trading/controls':
      Object.assign(controls, await bodyOf(request));
      answer(response, 200, controls);
      return;
    case 'POST /v1/trading/kill':
      controls.state = 'halted';
      answer(response, 202, controls);
      return;
    case 'GET /v1/unresolved':
      answer(response, 200, { items: unresolved });
      return;
    case 'GET /v1/replay':
      answer(response, 200, { speed, paused: false, market_time: iso(clock) });
      return;
    case 'PATCH /v1/replay':
      ({ speed } = await bodyOf(request));
      answer(response, 200, { speed, paused: false, market_time: iso(clock) });
      return;
    case 'GET /v1/trades':
      answer(response, 200, { items: trades.toReversed().slice(0, Number(query('limit') ?? 100)), next_cursor: null });
      return;
    case 'POST /v1/trades': {
      const body = await bodyOf(request);
      if (!markets.has(body.ticker)) {
        answer(response, 422, { title: 'Unprocessable', status: 422, code: 'unknown_ticker', detail: `${body.ticker} is not streamed.`, hint: 'Add it to STREAM_TICKERS.' });
        return;
      }
      const trade = newTrade(body, 'manual', clock);
      publish('trades', { type: 'trade', trade });
      answer(response, 202, trade, { Location: `/v1/trades/${trade.id}` });
      return;
    }
    case 'GET /v1/positions':
      answer(response, 200, { items: [...positions.keys()].map(positionOf) });
      return;
    case 'GET /v1/portfolio':
      answer(response, 200, portfolio());
      return;
    case 'GET /v1/pnl/daily': {
      const { unrealized_pnl } = portfolio();
      const day = { date: '2013-10-07', realized_pnl: realizedToday.toFixed(2), unrealized_pnl, carried_pnl: '0.00', fees: '0.00', trades: trades.length };
      answer(response, 200, { items: [{ ...day, winning_trades: 1, losing_trades: 1 }] });
      return;
    }
    default:
      if (request.method === 'POST' && parts[2] === 'unresolved') {
        const body = await bodyOf(request);
        const [item] = unresolved;
        const fits = item.evidence.candidates.some(({ broker_order_id }) => broker_order_id === body.broker_order_id);
        const said = { id: '1', outcome: body.outcome, evidence: body.evidence, person: 'browser', status: 'pending', answer: null };
        item.resolution = { ...said, status: fits ? 'accepted' : 'refused', answer: fits ? 'the order is the broker\'s' : `the broker's listing of this account has no order ${body.broker_order_id}` };
        answer(response, 202, said);
        return;
      }
      if (request.method === 'GET' && parts[2] === 'resolutions') {
        const [item] = unresolved;
        if (item.resolution.status === 'accepted') {
          unresolved.length = 0;
          publish('unresolved', { type: 'unresolved', items: unresolved });
        }
        answer(response, 200, item.resolution);
        return;
      }
      if (request.method === 'POST' && parts[2] === 'trades' && parts[4] === 'unprotected') {
        const trade = trades.find(({ id }) => id === parts[3]);
        const { unprotected } = await bodyOf(request);
        if (unprotected !== trade.unprotected) {
          answer(response, 409, { title: 'Conflict', status: 409, code: 'unprotected_changed', detail: `It says ${trade.unprotected} now.` });
          return;
        }
        change(trade, { unprotected_accepted_by: 'browser 5f2a' });
        answer(response, 200, trade);
        return;
      }
      if (request.method === 'GET' && parts[2] === 'trades' && parts[4] === 'trace') {
        const trade = trades.find(({ id }) => id === parts[3]);
        const moment = (kind, says, ...details) => ({ at: trade.created_at, market_time: trade.market_time, kind, says, details });
        answer(response, 200, {
          trade_id: trade.id,
          timeline: [
            moment('request', `browser asks: ${trade.side} ${trade.quantity} ${trade.ticker} ${trade.order_type}`),
            moment('risk', 'Order approved', `max_order_quantity held: ${trade.quantity}, limit 100`, 'buying_power held: 167.43, limit 99832.57'),
            moment('broker', 'Order acked', 'asked: asks place, body {"orderType":"MARKET"}', 'answered after 4.125 ms: outcome accepted'),
          ],
        });
        return;
      }
      if (request.method === 'DELETE' && parts[2] === 'trades') {
        const trade = trades.find(({ id }) => id === parts[3]);
        change(trade, { status: 'canceled' });
        answer(response, 202, trade);
        return;
      }
      if (request.method === 'PATCH' && parts[2] === 'trades') {
        const trade = trades.find(({ id }) => id === parts[3]);
        const { quantity = trade.quantity, limit_price = trade.limit_price, stop_price = trade.stop_price } = await bodyOf(request);
        change(trade, { quantity, limit_price, stop_price, change: { status: 'done', reason: null } });
        answer(response, 202, trade);
        return;
      }
      answer(response, 404, { title: 'Not found', status: 404 });
  }
});

function serveFile(path, response) {
  const file = join(options.dir, normalize(path === '/' ? '/index.html' : path));
  if (!existsSync(file) || !statSync(file).isFile()) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, {
    'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
    'Content-Security-Policy': "default-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'",
  });
  createReadStream(file).pipe(response);
}

server.on('upgrade', (request, socket) => {
  const signedIn = (request.headers.cookie ?? '').includes('kite=mock');
  const subscriber = { channels: new Set(), tickers: new Set(), send: () => {} };
  const connection = accept(request, socket, {
    onText: (text) => {
      const message = JSON.parse(text);
      if (message.action !== 'subscribe') {
        return;
      }
      if (!signedIn && message.channels.some((channel) => !['prices', 'signals', 'options'].includes(channel))) {
        subscriber.send(JSON.stringify({ type: 'error', code: 'unauthorized', message: 'A key is needed.', request_id: message.request_id }));
        return;
      }
      message.channels.forEach((channel) => subscriber.channels.add(channel));
      message.tickers?.forEach((ticker) => subscriber.tickers.add(ticker));
      const set = { channels: [...subscriber.channels], tickers: [...subscriber.tickers] };
      subscriber.send(JSON.stringify({ type: 'subscribed', ...set, epoch, request_id: message.request_id }));
      if (message.channels.includes('prices')) {
        for (const market of markets.values()) {
          subscriber.send(JSON.stringify({ ...priceMessage(market), seq: seqs.prices ?? 0, snapshot: true }));
        }
      }
    },
    onClose: () => subscribers.delete(subscriber),
  });
  subscriber.send = connection.send;
  subscribers.add(subscriber);
  if (signedIn) {
    connection.send(JSON.stringify({ type: 'authenticated', scopes: ['read', 'trade', 'admin'] }));
  }
});

server.listen(Number(options.port), '127.0.0.1', () => {
  const { port } = server.address();
  console.log(`seed ${options.seed}`);
  console.log(`http://127.0.0.1:${port}/sign-in?code=mock`);
});
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    clearInterval(timer);
    clearInterval(beat);
    server.close();
    server.closeAllConnections();
    process.exit(0);
  });
}
