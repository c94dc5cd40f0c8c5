/**
 * Exchanges in which our API server's answer differs from the recorded one, by scenario and reason: `STEP.PLACE`, the
 * place being that among the exchanges of the step.
 */
const CLOUD = 'the recorded cloud controller is a home-made one and calls itself x-ccm'
const CGROUP = "the recorded nodes' cgroup v1 reports a limit of memory for Pods that have none"
const NODES = 'images, machine IDs and who labelled the nodes are those of the recorded machines'
const GATHERED = 'chance: how many changes of Pods the controller gathers into one write'
const TRIGGER = 'chance: whether a Pod became ready in the very second in which it was made'
const ADDONS = 'the recorded addons were applied by kubectl'
const CERTIFICATE = 'each cluster has a certificate of its own'
const VOLUMES = 'hostPath volumes are not mounted by the nodes here'
const ROLES = 'the roles of components are not made here, and roles are not aggregated by a controller'
const REQUEST = 'our kubectl does not ask this'
const SCHEDULER = 'the recorded scheduler is named by its machine, and writes Events as events.k8s.io/v1'
const OPEN = 'not explained yet'

export const KNOWN_DIFFERENCES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'hands-on': {
    [CLOUD]: '77.1 78.1 79.1 80.1 81.1 82.1 86.1 95.1 103.1 108.1 111.3 112.3 113.1 113.2',
    [CGROUP]: '105.1 116.1 118.1',
    [NODES]: '3.1 4.1',
    [GATHERED]: '28.1 88.1 96.1 107.1 120.1',
    [TRIGGER]: '97.1',
    [ADDONS]: '2.1',
    [OPEN]: '104.1 111.5 112.5',
  },
  get: {
    [CLOUD]:
      '61.1 75.1 82.1 87.1 89.1 90.1 91.1 92.1 101.1 102.1 103.1 106.1 109.1 110.2 ' +
      '112.2 237.4 239.1 247.4',
    [CGROUP]: '17.2 17.3 238.1 238.2 238.3 251.1 266.1',
    [NODES]: '195.1 196.1 197.1 198.1 201.1 202.1 203.1',
    [GATHERED]: '128.1 129.1 131.1',
    [VOLUMES]: '182.1 186.1 187.1',
    [ROLES]: '221.1 222.1',
    [SCHEDULER]: '54.1 165.1 167.1 170.1',
    [OPEN]:
      '22.1 24.1 25.1 26.1 50.1 56.1 57.1 58.1 59.1 60.1 63.1 65.1 66.1 67.1 ' +
      '79.1 80.1 81.1 84.1 110.1 112.1 143.1 212.1 224.1 225.1 238.4 238.5 252.1 265.1 ' +
      '275.1 276.1 276.2',
  },
  describe: {
    [CLOUD]: '31.3 42.1 46.1',
    [CGROUP]: '7.1 13.1 14.1 21.1 24.1 27.1 27.2',
    [GATHERED]: '60.1 61.1',
    [CERTIFICATE]: '71.1',
    [VOLUMES]: '123.1 124.1 126.1 127.1 127.2',
    [ROLES]: '86.1',
    [OPEN]:
      '29.3 30.3 37.1 38.1 39.1 89.1 90.1 99.1 99.2 104.1 106.1 106.2 107.1 109.1 ' + '112.1 113.1 126.2',
  },
  idle: {
    [NODES]: '1.1 3.1',
    [ADDONS]: '13.1 14.1 19.1 48.1',
    [CERTIFICATE]: '27.1',
    [ROLES]: '34.1 36.1',
    [OPEN]: '42.1 44.1',
  },
  verbs: {
    [CLOUD]: '116.1 116.2 148.1 149.3',
    [CGROUP]: '125.6 125.7 126.6 126.7 128.1 131.1 132.2 132.3 411.2',
    [NODES]:
      '159.1 159.2 160.1 160.2 287.1 288.1 289.1 296.1 297.1 298.1 298.2 300.1 300.2 302.1 ' +
      '302.2 303.1 304.1 304.2 304.3 304.4 305.1 305.2 305.3 305.4 306.1 306.2 307.1 307.2 ' +
      '308.1 308.2 309.1 310.1 310.2',
    [REQUEST]: '37.2 37.3 37.4 39.2 439.3 439.6 442.1 442.2',
    [OPEN]:
      '37.1 39.1 40.1 132.4 134.3 197.1 198.1 200.1 201.1 203.1 204.1 205.1 205.2 206.1 ' +
      '206.2 207.1 208.1 208.2 209.1 210.1 210.2 211.2 211.3 212.1 212.2 216.1 216.2 221.1 ' +
      '222.1 223.1 223.2 224.1 224.2 225.1 226.1 227.1 228.1 229.1 230.1 231.1 233.1 235.1 ' +
      '235.2 236.1 238.1 239.1 239.2 240.1 240.2 241.1 242.1 242.2 245.1 247.1 247.2 250.1 ' +
      '250.2 251.1 254.1 255.1 268.1 271.1 272.1 276.1 286.1 286.2 402.1 411.3 412.1 413.1 ' +
      '415.1 416.1 417.1 420.1 421.1 423.1 428.1 430.1 435.1 445.1 446.1 446.2 464.3',
  },
  errors: {
    [CGROUP]: '457.1 458.1 459.1 460.1 460.2',
    [ADDONS]: '381.1',
  },
  'errors-extra': {
    [OPEN]: '13.2 102.1 106.2',
  },
  'services-deep': {
    [CLOUD]:
      '187.1 189.1 191.1 191.2 193.1 196.1 196.2 198.1 201.1 201.2 203.1 207.1 207.2 209.1 ' +
      '212.1 212.2 214.1 215.1 215.2 217.1 219.1 219.2 220.1 220.2 221.1 221.2 223.1 223.2 ' +
      '243.1 245.1 245.2 268.1 272.1 276.1 279.1 279.7 279.12',
    [CGROUP]: '51.1 54.1 54.2 63.1 72.1 73.1 88.1 94.1 95.1',
    [GATHERED]: '17.1 20.1 25.1 30.2 34.2 49.2 91.2 98.1 101.1',
    [TRIGGER]: '12.1 14.1 15.1 24.1 121.1 122.1 123.1 132.1 132.2',
    [OPEN]: '23.1 29.1 77.1 80.2 275.1',
  },
  dns: {
    [ADDONS]: '7.1',
    [OPEN]: '5.1',
  },
  tty: {
    [CGROUP]: '7.1 8.5 8.6 10.1',
    [NODES]: '21.1',
    [OPEN]: '19.1 20.1 33.2',
  },
}
