interface SwitchProps {
  readonly label: string;
  readonly on: boolean;
  readonly disabled?: boolean;
  readonly title?: string;
  readonly onChange: (on: boolean) => void;
}

/** An on/off choice that takes effect at once. */
export function Switch({ label, on, disabled = false, title, onChange }: SwitchProps) {
  return (
    <button type="button" role="switch" className="switch" aria-checked={on} disabled={disabled} title={title} onClick={() => onChange(!on)}>
      <span className="switch-track" aria-hidden="true">
        <span className="switch-thumb" />
      </span>
      {label}
    </button>
  );
}
