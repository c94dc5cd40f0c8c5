import { command } from '../command.ts'
import { apiResources, apiVersions } from './api-resources.ts'
import { apply } from './apply.ts'
import { auth } from './auth.ts'
import { autoscale } from './autoscale.ts'
import { clusterInfo, options, top, version } from './cluster-info.ts'
import { completion } from './completion.ts'
import { config } from './config.ts'
import { create } from './create.ts'
import { debug } from './debug.ts'
import { deleteCommand } from './delete.ts'
import { describe } from './describe.ts'
import { diff } from './diff.ts'
import { edit } from './edit.ts'
import { attach, exec } from './exec.ts'
import { events } from './events.ts'
import { explain } from './explain.ts'
import { expose } from './expose.ts'
import { get } from './get.ts'
import { logs } from './logs.ts'
import { annotate, label } from './metadata.ts'
import { cordon, drain, taint, uncordon } from './nodes.ts'
import { outOfScope } from './out-of-scope.ts'
import { patch } from './patch.ts'
import { portForward } from './port-forward.ts'
import { proxy } from './proxy.ts'
import { replace } from './replace.ts'
import { rollout } from './rollout.ts'
import { run } from './run.ts'
import { scale } from './scale.ts'
import { set } from './set.ts'
import { wait } from './wait.ts'

/** The commands in the order in which kubectl suggests them. */
export const root = command({
  name: 'kubectl',
  short: 'Speaks to a Kubernetes cluster.',
  long: 'kubectl speaks to a Kubernetes cluster: it shows, creates, changes and removes its objects.',
  subcommands: [
    create,
    expose,
    run,
    set,
    explain,
    get,
    edit,
    deleteCommand,
    rollout,
    scale,
    autoscale,
    outOfScope.certificate,
    clusterInfo,
    top,
    cordon,
    uncordon,
    drain,
    taint,
    describe,
    logs,
    attach,
    exec,
    portForward,
    proxy,
    outOfScope.cp,
    auth,
    debug,
    events,
    diff,
    apply,
    patch,
    replace,
    wait,
    outOfScope.kustomize,
    label,
    annotate,
    completion,
    version,
    apiVersions,
    apiResources,
    options,
    config,
  ],
})
