/**
 * Splits the worker in two. Its first module is what brings a cluster up; what only a learner's commands and images need
 * travels after it, while the cluster boots. Nothing in `src/` is written for that: in the worker's build, an import of
 * a module of the list gives a stand-in of the same exports, functions that call the real ones once those are there.
 * Whoever boots waits for that (`arrival` of `src/worker/late.ts`) before anything may call them.
 */
import type { Plugin } from 'vite'

/** Modules that export functions only, of which none is called before the cluster stands. */
const LATE = [
  'src/cluster/api-proxy.ts',
  'src/cluster/control-plane/kube-apiserver/discovery.ts',
  'src/cluster/control-plane/kube-apiserver/openapi.ts',
  'src/cluster/control-plane/kube-apiserver/subresources/connect.ts',
  'src/cluster/control-plane/kube-apiserver/subresources/eviction.ts',
  'src/cluster/control-plane/kube-apiserver/subresources/finalize.ts',
  'src/cluster/control-plane/kube-apiserver/subresources/log.ts',
  'src/cluster/control-plane/kube-apiserver/subresources/proxy.ts',
  'src/cluster/control-plane/kube-apiserver/subresources/scale.ts',
  'src/cluster/control-plane/kube-apiserver/versions.ts',
  'src/cluster/control-plane/kube-apiserver/verbs/delete-collection.ts',
  'src/cluster/images/catalog.ts',
  'src/cluster/node/container-runtime/crictl.ts',
  'src/cluster/node/kubelet/server/logs.ts',
  'src/cluster/node/kubelet/server/port-forward.ts',
  'src/cluster/node/kubelet/server/streams.ts',
  'src/kubectl/index.ts',
  'src/lesson/cel.ts',
  'src/lesson/checks.ts',
  'src/lesson/live-names.ts',
  'src/os/programs/catalog.ts',
  'src/os/shell/index.ts',
  'src/session/load.ts',
]
const ARRIVAL = 'src/worker/late.ts'

/** Where the stand-ins find the functions, and the module that holds them all. */
const STATION = '\0late-station'
const ALL = '\0late-all'
const STAND_IN = '?stand-in'

const station = `
let modules
export const arrival = import(${JSON.stringify(ALL)}).then((all) => { modules = all })
export const late = (module, name) => (...args) => modules[module][name](...args)
`

export function lateModules(): Plugin {
  let root = ''
  return {
    name: 'late-modules',
    apply: 'build',
    enforce: 'pre',
    configResolved: (config) => void (root = config.root),
    async resolveId(source, importer, options) {
      if (source === STATION || source === ALL) return source
      if (!importer || importer === ALL || importer.endsWith(STAND_IN)) return undefined
      const found = await this.resolve(source, importer, { ...options, skipSelf: true })
      const path = found?.id.slice(root.length + 1)
      if (path === ARRIVAL) return STATION
      return path && LATE.includes(path) ? { id: found!.id + STAND_IN, moduleSideEffects: false } : undefined
    },
    async load(id) {
      if (id === STATION) return station
      if (id === ALL)
        return LATE.map(
          (path, index) => `export * as m${index} from ${JSON.stringify(`${root}/${path}`)}`,
        ).join('\n')
      if (!id.endsWith(STAND_IN)) return undefined
      const real = id.slice(0, -STAND_IN.length)
      const { exports = [] } = await this.load({ id: real })
      const module = `m${LATE.indexOf(real.slice(root.length + 1))}`
      return [
        `import { late } from ${JSON.stringify(STATION)}`,
        ...exports.map((name, index) => `const f${index} = /* @__PURE__ */ late('${module}', '${name}')`),
        `export { ${exports.map((name, index) => `f${index} as '${name}'`).join(', ')} }`,
      ].join('\n')
    },
  }
}
