/** What both clusters are asked to do. Times are CPU milliseconds of this process; `undefined`: it cannot do that. */
export interface Subject {
  /** Until all nodes are Ready. */
  boot(nodes: number): Promise<void>
  /** Creates a Deployment of that size and its Service, until all replicas are Ready. */
  deploy(replicas: number): Promise<void>
  /** Deletes one of its Pods, until no node sends it requests any more. */
  deletePod(): Promise<void>
  /** Requests from a Pod through the Service by its DNS name, one after the other, each over a new connection. */
  request(count: number): Promise<void>
  /** Lists all Pods once. @returns how many */
  list(): Promise<number>
}

export interface Measurement {
  readonly bootMs: number
  readonly deployMs: number
  readonly deletePodMs: number
  /** Of the first 2,000, while the code is still being compiled. */
  readonly requestsPerSecond: number
  /** Of 10,000 after 10,000 others. */
  readonly warmRequestsPerSecond: number
  readonly listMs: number
  readonly heapMb: number
}

const REQUESTS = 2000
const WARM_REQUESTS = 10_000
const LISTS = 20

/** Runs one subject through everything at one size. Needs `--expose-gc`. */
export async function measure(
  subject: Subject,
  options: { readonly nodes: number; readonly replicas: number },
): Promise<Measurement> {
  const bootMs = await cpu(() => subject.boot(options.nodes))
  const deployMs = await cpu(() => subject.deploy(options.replicas))
  const heapMb = heap()
  await subject.request(100)
  const requestMs = await cpu(() => subject.request(REQUESTS))
  await subject.request(WARM_REQUESTS)
  const warmRequestMs = await cpu(() => subject.request(WARM_REQUESTS))
  const listMs = await cpu(async () => {
    for (let index = 0; index < LISTS; index++) await subject.list()
  })
  const deletePodMs = await cpu(() => subject.deletePod())
  return {
    bootMs,
    deployMs,
    deletePodMs,
    requestsPerSecond: (REQUESTS / requestMs) * 1000,
    warmRequestsPerSecond: (WARM_REQUESTS / warmRequestMs) * 1000,
    listMs: listMs / LISTS,
    heapMb,
  }
}

async function cpu(run: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

function heap(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed / 2 ** 20
}

export const deploymentManifest = (replicas: number, image: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image, env: [{ name: 'ECHO_TEXT', value: 'hello' }] }] },
    },
  },
})

export const serviceManifest = (targetPort: number) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default' },
  spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort }] },
})
