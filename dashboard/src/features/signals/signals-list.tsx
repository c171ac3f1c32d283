import { Chip } from '../../components/chip';
import { Empty, Panel } from '../../components/panel';
import { withPicked } from '../../lib/desk';
import { lastPrice, price, words } from '../../lib/format';
import { clock, easternDate, longDate, shortDate } from '../../lib/time';
import { desk, useDesk } from '../../lib/use-desk';
import './signals.css';

const SHOWN = 100;

/** The crossings of SMA9 and session VWAP, newest first. */
export function SignalsList() {
  const signals = useDesk((state) => state.signals);
  const newest = signals[0];
  return (
    <Panel title="Signals" className="signals" aside={<span className="count">{signals.length}</span>}>
      <table aria-label="Signals">
        <thead>
          <tr>
            <th scope="col">Time ET</th>
            <th scope="col">Cross</th>
            <th scope="col" className="number">
              Price
            </th>
            <th scope="col">Action</th>
          </tr>
        </thead>
        <tbody>
          {signals.slice(0, SHOWN).map((signal) => (
            <tr
              key={`${signal.ticker}${signal.time}${signal.direction}`}
              title={`${longDate(signal.time)} · SMA9 ${price(signal.sma9, 4)} · VWAP ${price(signal.vwap, 4)}`}
              onClick={() => desk.update((state) => withPicked(state, signal.ticker))}
            >
              <td className="time">
                {newest === undefined || easternDate(signal.time) === easternDate(newest.time) ? null : <small>{shortDate(signal.time)} </small>}
                {clock(signal.time)}
              </td>
              <td>
                <span className="cross" data-tone={signal.direction}>
                  {signal.direction === 'up' ? '▲' : '▼'}
                </span>{' '}
                <b>{signal.ticker}</b> <span className="visually-hidden">{signal.direction}</span>
              </td>
              <td className="number">{lastPrice(signal.price)}</td>
              <td>{signal.action === null ? null : <Chip tone="flat">{words(signal.action)}</Chip>}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {newest === undefined && <Empty>No crossing of SMA9 and VWAP yet.</Empty>}
    </Panel>
  );
}
