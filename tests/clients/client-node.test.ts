/** Kubernetes' own client for JavaScript, unmodified, against our API server on a real port. */
import './node-20.ts'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import {
  ApiException,
  AppsV1Api,
  CoordinationV1Api,
  CoreV1Api,
  Exec,
  KubeConfig,
  Log,
  makeInformer,
  PatchStrategy,
  PortForward,
  setHeaderOptions,
  V1MicroTime,
  type V1Lease,
  type V1Pod,
  type V1Status,
} from '@kubernetes/client-node'
import { beforeAll, describe, expect, it } from 'vitest'
import { serveCluster } from './served-cluster.ts'

const namespace = 'default'

describe('@kubernetes/client-node', () => {
  const cluster = serveCluster(6)
  const config = new KubeConfig()
  let core: CoreV1Api
  beforeAll(() => {
    config.loadFromClusterAndUser({ name: 'here', server: cluster.url, skipTLSVerify: true }, { name: 'me' })
    core = config.makeApiClient(CoreV1Api)
  })

  const pod = (name: string, command: string[]): V1Pod => ({
    metadata: { name, labels: { app: name } },
    spec: { containers: [{ name: 'main', image: 'busybox:1.37', command }] },
  })
  const phase = async (name: string) => (await core.readNamespacedPod({ name, namespace })).status?.phase

  it('keeps an informer up to date', async () => {
    const list = () => core.listNamespacedPod({ namespace, labelSelector: 'app=watched' })
    const informer = makeInformer<V1Pod>(config, `/api/v1/namespaces/${namespace}/pods`, list, 'app=watched')
    const seen: string[] = []
    informer.on('add', (found) => seen.push(`add ${found.metadata?.name}`))
    informer.on('update', (found) => seen.push(`update ${found.status?.phase}`))
    informer.on('delete', (found) => seen.push(`delete ${found.metadata?.name}`))
    await informer.start()
    await core.createNamespacedPod({ namespace, body: pod('watched', ['sleep', '1000']) })
    await expect.poll(() => seen, { timeout: 10_000 }).toContain('update Running')
    expect(informer.get('watched', namespace)?.status?.podIP).toMatch(/^10\.244\./)
    await core.deleteNamespacedPod({ name: 'watched', namespace, gracePeriodSeconds: 0 })
    await expect.poll(() => seen.at(-1), { timeout: 10_000 }).toBe('delete watched')
    expect(seen[0]).toBe('add watched')
    expect(informer.list()).toEqual([])
    await informer.stop()
  })

  it('runs commands, with standard input and an exit code, and reads logs as they come', async () => {
    const script = 'for i in 1 2 3; do echo line $i; sleep 0.2; done; sleep 3'
    await core.createNamespacedPod({ namespace, body: pod('talker', ['sh', '-c', script]) })
    await expect.poll(() => phase('talker'), { timeout: 10_000 }).toBe('Running')

    const [stdout, stderr] = [new PassThrough(), new PassThrough()]
    const status = await new Promise<V1Status>((done, failed) => {
      const command = ['sh', '-c', 'tr a-z A-Z; echo oops >&2; exit 4']
      new Exec(config)
        .exec(namespace, 'talker', 'main', command, stdout, stderr, Readable.from(['hello\n']), false, done)
        .catch(failed)
    })
    expect([await text(stdout.end()), await text(stderr.end())]).toEqual(['HELLO\n', 'oops\n'])
    expect(status).toMatchObject({ reason: 'NonZeroExitCode', details: { causes: [{ message: '4' }] } })

    const log = new PassThrough()
    let logged = ''
    log.on('data', (chunk: Buffer) => (logged += chunk.toString()))
    const ended = new Promise((done) => log.on('end', done))
    await new Log(config).log(namespace, 'talker', 'main', log, { follow: true })
    await expect.poll(() => logged, { timeout: 10_000 }).toBe('line 1\nline 2\nline 3\n')
    await ended
  })

  it('forwards a port', async () => {
    const web: V1Pod = {
      metadata: { name: 'web' },
      spec: { containers: [{ name: 'web', image: 'nginx:1.27' }] },
    }
    await core.createNamespacedPod({ namespace, body: web })
    await expect.poll(() => phase('web'), { timeout: 10_000 }).toBe('Running')
    const [input, output] = [new PassThrough(), new PassThrough()]
    let answer = ''
    output.on('data', (chunk: Buffer) => (answer += chunk.toString()))
    await new PortForward(config).portForward(namespace, 'web', [80], output, null, input)
    input.write('GET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n')
    await expect.poll(() => answer, { timeout: 5000 }).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*Welcome to nginx!/)
  })

  it('applies at the server, and is told of a conflict', async () => {
    const apps = config.makeApiClient(AppsV1Api)
    const body = (replicas: number) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'applied' },
      spec: {
        replicas,
        selector: { matchLabels: { app: 'applied' } },
        template: {
          metadata: { labels: { app: 'applied' } },
          spec: { containers: [{ name: 'web', image: 'nginx' }] },
        },
      },
    })
    const apply = (fieldManager: string, replicas: number, force?: boolean) =>
      apps.patchNamespacedDeployment(
        { name: 'applied', namespace, body: body(replicas), fieldManager, force },
        setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply),
      )
    const first = await apply('one', 2)
    const again = await apply('one', 2)
    expect([first.metadata?.generation, again.metadata?.generation]).toEqual([1, 1])
    const refusal: unknown = await apply('two', 3).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(ApiException)
    expect((refusal as ApiException<string>).code).toBe(409)
    const status = JSON.parse((refusal as ApiException<string>).body) as V1Status
    expect(status.message).toBe('Apply failed with 1 conflict: conflict with "one": .spec.replicas')
    const forced = await apply('two', 3, true)
    expect(forced.spec?.replicas).toBe(3)
    expect(forced.metadata?.managedFields?.map(({ manager }) => manager)).toEqual(
      expect.arrayContaining(['one', 'two']),
    )
  })

  it('elects one leader, and another when that one is gone', async () => {
    const leases = config.makeApiClient(CoordinationV1Api)
    const LEASE_SECONDS = 1
    const led: string[] = []

    /** A candidate as client-go's: takes a Lease that is free or has run out, renews its own, until told to stop. */
    async function stand(holderIdentity: string, signal: AbortSignal): Promise<void> {
      let seen = { version: '', sinceMs: 0 }
      while (!signal.aborted) {
        const lease = await leases.readNamespacedLease({ name: 'leader', namespace })
        const version = lease.metadata!.resourceVersion!
        if (version !== seen.version) seen = { version, sinceMs: performance.now() }
        const { spec } = lease
        const isMine = spec?.holderIdentity === holderIdentity
        const hasRunOut = performance.now() - seen.sinceMs > LEASE_SECONDS * 1000
        if (isMine || !spec?.holderIdentity || hasRunOut) {
          const now = new V1MicroTime()
          const body: V1Lease = {
            ...lease,
            spec: { holderIdentity, leaseDurationSeconds: LEASE_SECONDS, acquireTime: now, renewTime: now },
          }
          const taken = await leases.replaceNamespacedLease({ name: 'leader', namespace, body }).then(
            () => true,
            (error: unknown) => {
              if (error instanceof ApiException && error.code === 409) return false
              throw error
            },
          )
          if (taken && led.at(-1) !== holderIdentity) led.push(holderIdentity)
        }
        await pause(100)
      }
    }

    await leases.createNamespacedLease({ namespace, body: { metadata: { name: 'leader' } } })
    const [first, second] = [new AbortController(), new AbortController()]
    const standing = [stand('a', first.signal), stand('b', second.signal)]
    await pause(1500)
    expect(led).toHaveLength(1)
    const [leader] = led
    ;(leader === 'a' ? first : second).abort()
    await expect.poll(() => led, { timeout: 5000 }).toEqual([leader, leader === 'a' ? 'b' : 'a'])
    first.abort()
    second.abort()
    await Promise.all(standing)
  })
})
