import {
  createClient,
  InformerSet,
  runController,
  type Client,
  type Controller,
  type Transport,
} from '../../../client/index.ts'
import type { Simulation } from '../../../sim/index.ts'
import { daemonSet } from './daemon-set.ts'
import { deployment } from './deployment/deployment.ts'
import { disruption } from './disruption.ts'
import { endpointSliceMirroring } from './endpoints/endpoint-slice-mirroring.ts'
import { horizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts'
import { endpointSliceController } from './endpoints/endpoint-slice.ts'
import { endpointsController } from './endpoints/endpoints.ts'
import { startGarbageCollector } from './garbage-collector/garbage-collector.ts'
import { cronJob } from './job/cron-job.ts'
import { job } from './job/job.ts'
import { ttlAfterFinished } from './job/ttl-after-finished.ts'
import { namespaceController } from './namespace.ts'
import { nodeIpam, ttl } from './node/node-ipam.ts'
import { nodeLifecycle } from './node/node-lifecycle.ts'
import { podGarbageCollector } from './node/pod-garbage.ts'
import { taintEviction } from './node/taint-eviction.ts'
import { replicaSet } from './replica-set.ts'
import { resourceQuota } from './resource-quota.ts'
import { statefulSet } from './stateful-set/stateful-set.ts'
import { ROOT_CERTIFICATE } from './root-certificate.ts'
import { persistentVolumeClaims } from './persistent-volume/claims.ts'
import { persistentVolumes } from './persistent-volume/volumes.ts'
import { rootCaPublisher, serviceAccount } from './service-account.ts'
import { serviceCidr } from './service-cidr.ts'

export interface ControllerManagerOptions {
  readonly transport: Transport
  readonly simulation: Simulation
  /** `--cluster-cidr`: the Pod network that nodes get their shares of. */
  readonly podCidr: string
}

/** Every controller. To add one: a file and a line here. */
const controllers = ({ podCidr }: ControllerManagerOptions, client: Client): Controller[] => [
  deployment,
  replicaSet,
  daemonSet,
  statefulSet,
  job,
  cronJob,
  ttlAfterFinished,
  disruption,
  resourceQuota,
  horizontalPodAutoscaler,
  endpointSliceController(),
  endpointsController(),
  endpointSliceMirroring,
  namespaceController(client),
  serviceAccount,
  rootCaPublisher(ROOT_CERTIFICATE),
  nodeIpam(podCidr),
  ttl,
  nodeLifecycle(),
  taintEviction,
  podGarbageCollector(),
  persistentVolumes,
  persistentVolumeClaims,
  serviceCidr,
]

/** Starts kube-controller-manager: many controllers in one process, sharing one cache of the cluster. */
export function startKubeControllerManager(options: ControllerManagerOptions): { stop(): void } {
  const { transport, simulation } = options
  const client = createClient({
    transport,
    simulation,
    userAgent: 'kube-controller-manager/v1.36.3',
    user: { username: 'system:kube-controller-manager', groups: ['system:authenticated'] },
  })
  const informers = new InformerSet(client)
  const running = controllers(options, client).map((controller) =>
    runController(controller, { client, informers }),
  )
  const garbageCollector = startGarbageCollector({ client, informers })
  informers.start()
  return {
    stop() {
      for (const controller of running) controller.stop()
      garbageCollector.stop()
      informers.stop()
    },
  }
}
