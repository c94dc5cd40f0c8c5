const SERVER_VERSION =
  'the recorded nginx was one home-made build, 1.26.3, under every tag; ours says the version of its tag'

export const HANDS_ON: Readonly<Record<number, string>> = {
  2: 'the recorded API server was reached through a tunnel at 127.0.0.1; ours is at its own address',
  41: 'no IPv6 is simulated, so interfaces have no inet6 lines',
  45: SERVER_VERSION,
  66: 'chance: how many of the requests before went to the Pod whose log is asked for',
  90: SERVER_VERSION,
}
