import type { Answer } from '../../../../api/wire.ts'
import type { ResourceCall } from '../context.ts'
import { respond } from '../respond.ts'
import { selectionOf } from '../selection.ts'
import { listKind } from '../table.ts'
import { deleteObject, deleteOptions } from './delete.ts'

/** Deletes what the selectors match, each as if it had been named; answers with what it deleted. */
export function deleteCollection(call: ResourceCall): Answer {
  const { server, kind, info } = call
  const { matches } = selectionOf(call)
  const options = deleteOptions(call)
  const selected = server.store.list(kind, info.namespace).filter((object) => !matches || matches(object))
  const items = selected.map((object) => deleteObject(call, object, options).result)
  const metadata = { resourceVersion: server.store.resourceVersion }
  return respond(200, { ...listKind(kind), metadata, items }, call.warnings)
}
