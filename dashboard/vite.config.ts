import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const gateway = process.env['KITE_URL'] ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2023',
    outDir: 'dist',
    sourcemap: false,
    // The licences of what is bundled travel with the bundle.
    license: { fileName: 'licenses.md' },
    // The content security policy allows this origin alone: nothing may become a data: URL.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  // `npm run dev` shows the page against a gateway (or dev/mock-gateway.mjs) that runs elsewhere.
  server: { host: '127.0.0.1', proxy: { '/v1': { target: gateway, ws: true } } },
  test: { include: ['src/**/*.test.ts', 'src/**/*.test.tsx'], environment: 'node' },
});
