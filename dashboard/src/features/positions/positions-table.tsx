import { Empty, Panel } from '../../components/panel';
import { signOf } from '../../lib/decimal';
import { withPicked } from '../../lib/desk';
import { exactPrice, money, quantity, signedMoney } from '../../lib/format';
import { desk, useDesk } from '../../lib/use-desk';
import { marked, tone } from '../../lib/valuation';
import type { Position } from '../../lib/wire';
import './positions.css';

/** What is held now, marked to the newest price; flat ones stay while they carry a realized result. */
export function PositionsTable() {
  const positions = useDesk((state) => state.positions);
  const quotes = useDesk((state) => state.quotes);
  const signedOut = useDesk((state) => state.access === 'public');
  const shown = (positions ?? []).filter((position) => signOf(position.quantity) !== 0 || hasResult(position)).toSorted(heldFirst);
  const held = shown.filter((position) => signOf(position.quantity) !== 0).length;
  return (
    <Panel title="Positions" className="positions" aside={<span className="count">{held === 0 ? 'flat' : `${held} held`}</span>}>
      <div className="scroll">
        <table aria-label="Positions">
          <thead>
            <tr>
              <th scope="col">Ticker</th>
              <th scope="col" className="number">
                Qty
              </th>
              <th scope="col" className="number">
                Average
              </th>
              <th scope="col" className="number">
                Last
              </th>
              <th scope="col" className="number spare">
                Value
              </th>
              <th scope="col" className="number">
                Unrealized
              </th>
              <th scope="col" className="number">
                Realized
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((position) => (
              <Row key={position.optionSymbol ?? position.ticker} position={marked(position, quotes)} />
            ))}
          </tbody>
        </table>
        {shown.length === 0 && <Empty>{signedOut ? 'Positions show once you are signed in.' : 'Nothing held.'}</Empty>}
      </div>
    </Panel>
  );
}

function heldFirst(a: Position, b: Position): number {
  return Number(signOf(a.quantity) === 0) - Number(signOf(b.quantity) === 0);
}

function hasResult(position: Position): boolean {
  return position.realizedPnl !== null && signOf(position.realizedPnl) !== 0;
}

function Row({ position }: { readonly position: Position }) {
  const flat = signOf(position.quantity) === 0;
  return (
    <tr
      data-testid={`position-${position.optionSymbol ?? position.ticker}`}
      data-quantity={quantity(position.quantity)}
      data-flat={flat}
      onClick={() => desk.update((state) => withPicked(state, position.ticker))}
    >
      <td>
        <b>{position.optionSymbol ?? position.ticker}</b>
      </td>
      <td className="number">{quantity(position.quantity)}</td>
      <td className="number">{flat ? '—' : exactPrice(position.averagePrice)}</td>
      <td className="number">{exactPrice(position.marketPrice)}</td>
      <td className="number spare">{flat ? '—' : money(position.marketValue)}</td>
      <td className="number" data-tone={tone(position.unrealizedPnl)}>
        {flat ? '—' : signedMoney(position.unrealizedPnl)}
      </td>
      <td className="number" data-tone={tone(position.realizedPnl)}>
        {signedMoney(position.realizedPnl)}
      </td>
    </tr>
  );
}
