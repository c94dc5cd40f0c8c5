export { startNetworkPolicyAgent } from './agent.ts'
