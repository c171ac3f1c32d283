import { useState } from 'react';
import { Chip, type Tone } from '../../components/chip';
import { ConfirmDialog } from '../../components/confirm-dialog';
import { Switch } from '../../components/switch';
import { useAction } from '../../lib/action';
import { words } from '../../lib/format';
import { desk, useDesk } from '../../lib/use-desk';
import type { Controls } from '../../lib/wire';
import { changeControls, kill, readControls, type ControlsChange } from './api/controls';

type Question = 'kill' | 'resume' | 'arm' | null;

const STATE_TONE: Readonly<Record<string, Tone>> = { active: 'up', reduce_only: 'warn', halted: 'danger' };

/** Where orders go, whether they may, and the switches that decide it. */
export function TradingControls() {
  const controls = useDesk((state) => state.controls);
  const [question, setQuestion] = useState<Question>(null);
  const action = useAction();
  if (controls === null) {
    return null;
  }
  const change = (part: ControlsChange) =>
    action.run(async () => {
      const next = await changeControls(part);
      desk.update((state) => ({ ...state, controls: next }));
    });
  const done = (ok: boolean) => {
    if (ok) {
      setQuestion(null);
    }
  };
  // What the person is shown, and ends, is the halt as it is now.
  const askToResume = async () => {
    if (
      await action.run(async () => {
        const now = await readControls();
        desk.update((state) => ({ ...state, controls: now }));
      })
    ) {
      setQuestion('resume');
    }
  };
  const resume = () => change(controls.haltVersion === null ? { state: 'active' } : { state: 'active', halt_version: controls.haltVersion });
  return (
    <div className="controls">
      <ModeBadge controls={controls} onArm={() => setQuestion('arm')} onDisarm={() => void change({ armed: false })} />
      <Chip tone={STATE_TONE[controls.state] ?? 'warn'} title={controls.stateReason ?? undefined} testId="trading-state">
        {words(controls.state)}
      </Chip>
      <Switch
        label="Auto-trading"
        on={controls.autoTrading}
        disabled={action.busy}
        title="Long when SMA9 crosses above VWAP, flat when it crosses below"
        onChange={(on) => void change({ auto_trading: on })}
      />
      {controls.halt !== null && (
        <span className="problem" data-testid="halt">
          {told(controls.halt)}
        </span>
      )}
      {(controls.state !== 'active' || controls.halt !== null) && (
        <button type="button" className="button" data-tone="accent" disabled={action.busy} onClick={() => void askToResume()}>
          Resume trading
        </button>
      )}
      {controls.state !== 'halted' && (
        <button type="button" className="button kill" data-tone="danger" onClick={() => setQuestion('kill')}>
          Kill switch
        </button>
      )}
      {action.problem !== null && question === null && (
        <span className="problem" role="alert">
          {action.problem}
        </span>
      )}
      {question === 'kill' && (
        <KillDialog
          busy={action.busy}
          problem={action.problem}
          onClose={() => setQuestion(null)}
          onKill={(flatten) =>
            void action
              .run(async () => {
                await kill(flatten);
                desk.update((state) => ({ ...state, controls: { ...controls, state: 'halted' } }));
              })
              .then(done)
          }
        />
      )}
      {question === 'resume' && (
        <ConfirmDialog title="Resume trading?" action="Resume trading" busy={action.busy} problem={action.problem} onConfirm={() => void resume().then(done)} onClose={() => setQuestion(null)}>
          {controls.halt !== null && <p>{told(controls.halt)}.</p>}
          <p>New orders may be sent again, by hand{controls.autoTrading ? ' and by auto-trading, which is on' : ''}.</p>
        </ConfirmDialog>
      )}
      {question === 'arm' && (
        <ArmDialog controls={controls} busy={action.busy} problem={action.problem} onClose={() => setQuestion(null)} onArm={(confirm) => void change(confirm === '' ? { armed: true } : { armed: true, confirm }).then(done)} />
      )}
    </div>
  );
}

function told(halt: NonNullable<Controls['halt']>): string {
  const at = halt.at === null ? '' : ` at ${new Date(halt.at).toLocaleString()}`;
  return `Halted by ${halt.by}${at}${halt.reason === null ? '' : `: ${halt.reason}`}`;
}

interface ModeBadgeProps {
  readonly controls: Controls;
  readonly onArm: () => void;
  readonly onDisarm: () => void;
}

function ModeBadge({ controls, onArm, onDisarm }: ModeBadgeProps) {
  if (controls.mode === 'paper') {
    return (
      <span className="mode" data-tone="flat" data-testid="mode">
        PAPER
      </span>
    );
  }
  const real = controls.broker !== 'simulator';
  return (
    <span className="mode" data-tone={real ? 'danger' : 'accent'} data-testid="mode">
      LIVE · {controls.broker},{' '}
      <button type="button" className="link" title={controls.armed ? 'Disarm: nothing that adds risk is sent' : 'Arm: let orders go to the broker'} onClick={controls.armed ? onDisarm : onArm}>
        {controls.armed ? 'armed' : 'not armed'}
      </button>
    </span>
  );
}

interface KillDialogProps {
  readonly busy: boolean;
  readonly problem: string | null;
  readonly onKill: (flatten: boolean) => void;
  readonly onClose: () => void;
}

function KillDialog({ busy, problem, onKill, onClose }: KillDialogProps) {
  const [flatten, setFlatten] = useState(false);
  return (
    <ConfirmDialog title="Stop all trading?" action="Stop trading now" danger busy={busy} problem={problem} onConfirm={() => onKill(flatten)} onClose={onClose}>
      <p>Halts at once: no new order is sent and working orders are canceled.</p>
      <label className="check">
        <input type="checkbox" checked={flatten} onChange={(event) => setFlatten(event.target.checked)} /> Also close all positions at market
      </label>
    </ConfirmDialog>
  );
}

interface ArmDialogProps {
  readonly controls: Controls;
  readonly busy: boolean;
  readonly problem: string | null;
  readonly onArm: (confirm: string) => void;
  readonly onClose: () => void;
}

function ArmDialog({ controls, busy, problem, onArm, onClose }: ArmDialogProps) {
  const [confirm, setConfirm] = useState('');
  return (
    <ConfirmDialog title={`Arm live trading at ${controls.broker}?`} action="Arm" danger={controls.confirmRequired} busy={busy} problem={problem} onConfirm={() => onArm(confirm.trim())} onClose={onClose}>
      {!controls.confirmRequired ? (
        <p>Orders go to the {controls.broker}. No real money is involved.</p>
      ) : (
        <label className="field">
          Last four of the account
          <input value={confirm} inputMode="numeric" autoComplete="off" maxLength={4} onChange={(event) => setConfirm(event.target.value)} />
        </label>
      )}
    </ConfirmDialog>
  );
}
