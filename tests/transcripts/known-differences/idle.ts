const RESTARTED =
  "the recorded CoreDNS was put there by kubectl apply and restarted before the session; kubeadm's is as it was made"
const ROLES = 'the bootstrap roles of controllers and signers that are not simulated are not there'

export const IDLE: Readonly<Record<number, string>> = {
  3: 'the recorded nodes ran on one machine, without static Pods, and had pulled other images',
  13: RESTARTED,
  14: RESTARTED,
  27: 'each cluster has a certificate of its own',
  34: ROLES,
  36: ROLES,
  48: 'the recorded API server was reached through a tunnel at 127.0.0.1; ours is at its own address',
  56: 'hashes of documents, and paths that are not served',
}
