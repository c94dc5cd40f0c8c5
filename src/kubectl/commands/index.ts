import { command } from '../command.ts'
import { apply } from './apply.ts'
import { create } from './create.ts'
import { deleteCommand } from './delete.ts'
import { edit } from './edit.ts'
import { attach, exec } from './exec.ts'
import { expose } from './expose.ts'
import { get } from './get.ts'
import { logs } from './logs.ts'
import { annotate, label } from './metadata.ts'
import { patch } from './patch.ts'
import { replace } from './replace.ts'
import { run } from './run.ts'
import { scale } from './scale.ts'

/** The commands in the order in which kubectl suggests them. */
export const root = command({
  name: 'kubectl',
  short: 'Speaks to a Kubernetes cluster.',
  long: 'kubectl speaks to a Kubernetes cluster: it shows, creates, changes and removes its objects.',
  subcommands: [
    create,
    expose,
    run,
    get,
    edit,
    deleteCommand,
    scale,
    logs,
    attach,
    exec,
    apply,
    patch,
    replace,
    label,
    annotate,
  ],
})
