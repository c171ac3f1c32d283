import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { desk } from '../lib/use-desk';
import './theme.css';
import { App } from './app';
import { Runtime } from './runtime';

const root = document.getElementById('root');
if (root === null) {
  throw new Error('index.html has no #root');
}
new Runtime(desk).start();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
