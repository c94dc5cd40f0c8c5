/** The npm package `@ngrok/webernetes`, asked to do the same work. */
import { BaseImage, Cluster, type ProcessContext } from '@ngrok/webernetes'
import { deploymentManifest, measure, serviceManifest, type Subject } from './subject.ts'

class Web extends BaseImage {
  static readonly imageName = 'web'
  static readonly imageVersion = '1.0'
  readonly defaultCommand = ['server']

  override async exec(context: ProcessContext, argv: readonly string[]): Promise<number> {
    if (argv[0] !== 'server') return super.exec(context, argv)
    context.listenHttp(8080, async () => ({ statusCode: 200, body: 'hello\n' }) as never)
    return context.waitUntilKilled()
  }
}

let fetchInPod: ((url: string) => Promise<unknown>) | undefined

class Client extends BaseImage {
  static readonly imageName = 'client'
  static readonly imageVersion = '1.0'
  readonly defaultCommand = ['client']

  override async exec(context: ProcessContext, argv: readonly string[]): Promise<number> {
    if (argv[0] !== 'client') return super.exec(context, argv)
    fetchInPod = (url) => context.fetch(url)
    return context.waitUntilKilled()
  }
}

class Peer implements Subject {
  #cluster!: Cluster

  async boot(nodes: number): Promise<void> {
    this.#cluster = new Cluster({ nodes })
    this.#cluster.registerImage(Web)
    this.#cluster.registerImage(Client)
    await this.#cluster.init()
    await until(async () => {
      const { items } = await this.#cluster.api.corev1.listNode({})
      return (
        items.filter((node) =>
          node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'),
        ).length === nodes
      )
    })
  }

  async deploy(replicas: number): Promise<void> {
    const client = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'client' },
      spec: { containers: [{ name: 'client', image: 'client:1.0' }] },
    } as const
    await this.#cluster.apply([
      deploymentManifest(replicas, 'web:1.0'),
      serviceManifest(8080),
      client,
    ] as never)
    await until(async () => {
      const deployment = await this.#cluster.api.appsv1.readNamespacedDeployment({
        name: 'web',
        namespace: 'default',
      })
      return deployment.status?.readyReplicas === replicas && fetchInPod !== undefined
    })
  }

  async deletePod(): Promise<void> {
    const { items } = await this.#cluster.api.corev1.listNamespacedPod({
      namespace: 'default',
      labelSelector: 'app=web',
    })
    const { name } = items[0]!.metadata!
    await this.#cluster.api.corev1.deleteNamespacedPod({ name: name!, namespace: 'default' })
    await until(async () => {
      const slices = await this.#cluster.api.discoveryv1.listNamespacedEndpointSlice({ namespace: 'default' })
      const endpoints = slices.items.flatMap((slice) => slice.endpoints ?? [])
      return !endpoints.some(
        ({ targetRef, conditions }) => targetRef?.name === name && conditions?.ready !== false,
      )
    })
  }

  async request(count: number): Promise<void> {
    for (let index = 0; index < count; index++) await fetchInPod!('http://web.default.svc.cluster.local')
  }

  async list(): Promise<number> {
    return (await this.#cluster.api.corev1.listNamespacedPod({ namespace: 'default' })).items.length
  }
}

/** Its clock is the wall's: ask every 20 ms. */
async function until(reached: () => Promise<boolean>): Promise<void> {
  while (!(await reached())) await new Promise((resolve) => setTimeout(resolve, 20))
}

const [nodes, replicas] = process.argv.slice(2).map(Number)
process.stdout.write(JSON.stringify(await measure(new Peer(), { nodes: nodes!, replicas: replicas! })))
process.exit(0)
