import { useEffect, useState } from 'react';

const KEY = 'theme';

function remembered(): 'dark' | 'light' {
  try {
    return localStorage.getItem(KEY) === 'light' ? 'light' : 'dark';
  } catch {
    return 'dark';
  }
}

/** Dark or light; the choice stays in this browser where it lets us keep it. */
export function ThemeButton() {
  const [theme, setTheme] = useState(remembered);
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme;
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // Storage is off: the choice lasts until the page closes.
    }
  }, [theme]);
  const other = theme === 'dark' ? 'light' : 'dark';
  return (
    <button type="button" className="theme" aria-label={`Use the ${other} theme`} title={`Use the ${other} theme`} onClick={() => setTheme(other)}>
      <svg viewBox="0 0 16 16" width="15" height="15" aria-hidden="true">
        <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="1.5" />
        <path d="M8 2a6 6 0 0 1 0 12Z" fill="currentColor" />
      </svg>
    </button>
  );
}
