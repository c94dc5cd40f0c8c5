import { createClient, InformerSet, runController, type Transport } from '../../../client/index.ts'
import type { Simulation } from '../../../sim/index.ts'
import type { Cloud } from '../../cloud/index.ts'
import { serviceController } from './service-controller.ts'

/** Starts cloud-controller-manager: what a cluster needs to know about the cloud it runs in. */
export function startCloudControllerManager(options: {
  readonly transport: Transport
  readonly simulation: Simulation
  readonly cloud: Cloud
}): { stop(): void } {
  const { transport, simulation, cloud } = options
  const client = createClient({
    transport,
    simulation,
    userAgent: 'cloud-controller-manager/v1.36.3',
    user: { username: 'system:cloud-controller-manager', groups: ['system:authenticated'] },
  })
  const informers = new InformerSet(client)
  const running = runController(serviceController(cloud), { client, informers })
  informers.start()
  return {
    stop() {
      running.stop()
      informers.stop()
    },
  }
}
