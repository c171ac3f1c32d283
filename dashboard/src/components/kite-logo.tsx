/** The mark: a kite with its tail. */
export function KiteLogo() {
  return (
    <svg className="logo" viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
      <path d="M20 3 28 13.5 12 23 8.5 9.5Z" fill="var(--accent)" />
      <path d="M20 3 12 23 8.5 9.5Z" fill="var(--accent-soft)" />
      <path d="M12 23c-1.2 3.4-5 2-5.6 4.6-.2 1 .3 1.7 1.2 2" fill="none" stroke="var(--accent-soft)" strokeWidth="1.7" strokeLinecap="round" />
    </svg>
  );
}
