import { useState } from 'react';
import { Panel } from '../../components/panel';
import { count, NONE, price } from '../../lib/format';
import { useDesk } from '../../lib/use-desk';
import type { OptionQuote } from '../../lib/wire';
import { chainRows, expirations, type ChainRow } from './chain-rows';
import './options.css';

/** The columns of one side, from the strike outwards; `spare` ones give way on a phone. */
const COLUMNS: readonly { readonly name: string; readonly spare: boolean; readonly show: (option: OptionQuote) => string }[] = [
  { name: 'Bid', spare: false, show: (option) => price(option.bid) },
  { name: 'Ask', spare: false, show: (option) => price(option.ask) },
  { name: 'Last', spare: true, show: (option) => price(option.last) },
  { name: 'Volume', spare: true, show: (option) => count(option.volume) },
  { name: 'OI', spare: true, show: (option) => count(option.openInterest) },
  { name: 'IV', spare: true, show: (option) => (option.volatility === null ? NONE : `${option.volatility.toFixed(1)}%`) },
  { name: 'Delta', spare: false, show: (option) => price(option.delta) },
];
const OUTWARDS = COLUMNS;
// Calls stand left of the strike: their columns run the other way, but bid stays left of ask.
const INWARDS = [...COLUMNS.slice(2).toReversed(), ...COLUMNS.slice(0, 2)];

/** Calls and puts around the money of the ticker that is shown; nothing at all where no options are streamed. */
export function OptionChain() {
  const ticker = useDesk((state) => state.selected);
  const chain = useDesk((state) => state.chain);
  const last = useDesk((state) => (state.selected === null ? null : (state.quotes[state.selected]?.price ?? null)));
  const [picked, pick] = useState<string | null>(null);
  const contracts = chain === null || chain.ticker !== ticker ? [] : Object.values(chain.contracts);
  const dates = expirations(contracts);
  const shown = picked !== null && dates.includes(picked) ? picked : dates[0];
  if (shown === undefined) {
    return null;
  }
  return (
    <Panel
      title={`${ticker} options`}
      className="options"
      aside={
        <label className="expiration">
          expire{' '}
          <select aria-label="Expiration" value={shown} onChange={(event) => pick(event.target.value)}>
            {dates.map((date) => (
              <option key={date}>{date}</option>
            ))}
          </select>
        </label>
      }
    >
      <div className="scroll">
        <table aria-label={`${ticker} options`}>
          <thead>
            <tr className="sides">
              <th scope="colgroup" colSpan={INWARDS.length}>
                Calls
              </th>
              <td aria-label="Strike" />
              <th scope="colgroup" colSpan={OUTWARDS.length}>
                Puts
              </th>
            </tr>
            <tr>
              <Heads columns={INWARDS} />
              <th scope="col" className="strike">
                Strike
              </th>
              <Heads columns={OUTWARDS} />
            </tr>
          </thead>
          <tbody>
            {chainRows(contracts, shown, last).map((row) => (
              <Row key={row.strike} row={row} last={last} />
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function Heads({ columns }: { readonly columns: typeof COLUMNS }) {
  return columns.map(({ name, spare }) => (
    <th key={name} scope="col" className={spare ? 'number spare' : 'number'}>
      {name}
    </th>
  ));
}

function Row({ row, last }: { readonly row: ChainRow; readonly last: number | null }) {
  return (
    <tr data-testid={`strike-${row.strike}`} data-money={row.atTheMoney}>
      <Side option={row.call} columns={INWARDS} inTheMoney={last !== null && row.strike < last} />
      <th scope="row" className="strike">
        {price(row.strike)}
      </th>
      <Side option={row.put} columns={OUTWARDS} inTheMoney={last !== null && row.strike > last} />
    </tr>
  );
}

interface SideProps {
  readonly option: OptionQuote | null;
  readonly columns: typeof COLUMNS;
  readonly inTheMoney: boolean;
}

function Side({ option, columns, inTheMoney }: SideProps) {
  return columns.map(({ name, spare, show }) => (
    <td key={name} className={spare ? 'number spare' : 'number'} data-in={inTheMoney}>
      {option === null ? NONE : show(option)}
    </td>
  ));
}
