import type { Pod } from '../../../api/generated/types.ts'
import { pod as podKind } from '../../../api/kinds/pod.ts'
import { referenceTo, type EventRecorder, type EventType } from '../../../client/index.ts'
import { fieldPathOf, type ContainerRecord } from './container-record.ts'

/** The Events of one Pod, or of one of its containers. */
export interface PodEvents {
  normal(reason: string, message: string, record?: ContainerRecord): void
  warning(reason: string, message: string, record?: ContainerRecord): void
}

/** @param pod the Pod as the API has it now; undefined while it has none (a static Pod without its mirror) */
export function podEvents(recorder: EventRecorder, pod: () => Pod | undefined): PodEvents {
  const record = (type: EventType, reason: string, message: string, container?: ContainerRecord) => {
    const about = pod()
    if (about)
      recorder.record(referenceTo(about, podKind, container && fieldPathOf(container)), type, reason, message)
  }
  return {
    normal: (reason, message, container) => record('Normal', reason, message, container),
    warning: (reason, message, container) => record('Warning', reason, message, container),
  }
}
