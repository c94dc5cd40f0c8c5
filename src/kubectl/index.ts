export { completeKubectl } from './completion.ts'
export { kubectl } from './kubectl.ts'
