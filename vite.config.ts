import { svelte } from '@sveltejs/vite-plugin-svelte'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { lateModules } from './scripts/late-modules.ts'
import { lessons } from './scripts/lessons/plugin.ts'
import { contentSecurityPolicy } from './scripts/lessons/security.ts'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

export default defineConfig(({ mode }) => ({
  base: './',
  plugins: [svelte(), lessons(), contentSecurityPolicy()],
  worker: {
    format: 'es',
    plugins: () => [lateModules()],
    rollupOptions: {
      output: {
        entryFileNames: 'assets/worker-[name]-[hash].js',
        chunkFileNames: 'assets/worker-rest-[hash].js',
      },
    },
  },
  resolve: {
    alias: [
      // monaco-yaml's worker still imports the paths of Monaco before 0.57.
      { find: /^monaco-editor\/esm\/vs\/(.*)$/, replacement: 'monaco-editor/$1' },
      // Formatting is off: its 67 KB stay out.
      { find: /^prettier\/(standalone|plugins\/.*)$/, replacement: path('src/ui/editor/no-prettier.ts') },
      // `vite --mode fake`: the page alone, in front of a cluster of cardboard.
      ...(mode === 'fake'
        ? [
            {
              find: /^.*\/worker\/main\.ts\?worker$/,
              replacement: `${path('src/ui/testing/fake-worker.ts')}?worker`,
            },
          ]
        : []),
    ],
  },
  build: { target: 'es2023', chunkSizeWarningLimit: 4000, modulePreload: { polyfill: false } },
  test: {
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts', 'scripts/**/*.test.ts'],
    environment: 'node',
    testTimeout: 60_000,
  },
}))
