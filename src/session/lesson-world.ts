import { kinds } from '../api/kinds.ts'
import type { KubernetesObject, Resource } from '../api/resource.ts'
import { createClient, InformerSet } from '../client/index.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { CommandRun, LessonWorld, Probe, ProbeResult } from '../lesson/lesson.ts'
import { BROWSER, browse, type BrowseResult } from './browser.ts'
import { lookUp } from './lookup.ts'

/**
 * The simulated cluster as a lesson's checks see it: through the API like everybody else, and by requests made where
 * the learner could make them. It runs on the cluster's own clock, so a replay checks at the same moments.
 */
export function createLessonWorld(cluster: Cluster): LessonWorld {
  const { simulation, transport } = cluster
  const informers = new InformerSet(createClient({ transport, simulation, userAgent: 'lesson' }))
  informers.start()
  const resource = (kind: string): Resource => {
    const found = kinds.find((candidate) => candidate.kind === kind)
    if (!found) throw new Error(`the lesson looks at an unknown kind "${kind}"`)
    return found
  }

  return {
    list(kind, namespace) {
      const { namespaced } = resource(kind)
      return informers
        .for(resource(kind))
        .list(namespaced ? namespace : undefined) as readonly KubernetesObject[]
    },

    watch(kinds, changed) {
      for (const kind of kinds) informers.for(resource(kind)).onChange(changed)
      informers.onSync(changed)
      return () => informers.stop()
    },

    probe(probe, done) {
      const machine = cluster.machine(probe.from)
      if (!machine) done({ ok: false, present: `${probe.from} is not running` })
      else if (probe.http !== undefined)
        browse(machine, probe.http, (result) => done(judgePage(result, probe)))
      else lookUp(machine, probe.dns ?? '', (addresses) => done(judgeLookup(addresses, probe)))
    },

    onCommand(listener) {
      const tell = (exit: ProcessExit) => exit.argv[0] !== BROWSER && listener(commandOf(exit))
      return simulation.trace.subscribe(({ data }) => tell(data as ProcessExit), ['process-exit'])
    },

    schedule: (delayMs, run) => simulation.schedule(delayMs, run),
  }
}

/** What the kernel of a machine tells when a process ends. */
interface ProcessExit {
  /** `laptop`, `node/NAME`, `pod/NAMESPACE/NAME`. */
  readonly machine: string | undefined
  readonly argv: readonly string[]
  readonly code: number
}

const commandOf = ({ machine = '', argv, code }: ProcessExit): CommandRun => ({
  on: machine.replace(/^pod\/default\//, 'pod/'),
  argv,
  exitCode: code,
})

function judgePage(result: BrowseResult, probe: Probe): ProbeResult {
  if (result.kind === 'error')
    return { ok: false, present: `${probe.http} from ${probe.from}: ${result.message}` }
  const wanted = probe.status ?? 200
  return {
    ok: result.status === wanted,
    present: `${probe.http} from ${probe.from}: status ${result.status}`,
  }
}

function judgeLookup(addresses: readonly string[], probe: Probe): ProbeResult {
  const present = addresses.length > 0 ? addresses.join(', ') : 'no address'
  return { ok: addresses.length > 0, present: `${probe.dns} from ${probe.from}: ${present}` }
}
