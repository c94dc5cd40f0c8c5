/**
 * The programs of both userlands, each in two manners: by name, what is exported here. To add one, write its file and a
 * line here; `debian.ts` and `busybox.ts` say what only the other has.
 */
export { awk } from './awk.ts'
export { cat } from './cat.ts'
export { base64, md5sum, sha256sum } from './checksums.ts'
export { chmod } from './chmod.ts'
export { comm } from './comm.ts'
export {
  clear,
  falseProgram as 'false',
  id,
  reset,
  sync,
  trueProgram as 'true',
  tty,
  whoami,
} from './constants.ts'
export { cp } from './cp.ts'
export { cut } from './cut.ts'
export { date } from './date.ts'
export { diff } from './diff.ts'
export { du } from './du.ts'
export { echo } from './echo.ts'
export { nano, vi, vim } from './editor.ts'
export { env, printenv } from './env.ts'
export { expr } from './expr.ts'
export { find } from './find.ts'
export { fold } from './fold.ts'
export { egrep, fgrep, grep } from './grep.ts'
export { head } from './head.ts'
export { hostname } from './hostname.ts'
export { kill, killall, pgrep, pidof, pkill } from './kill.ts'
export { ln } from './ln.ts'
export { ls } from './ls.ts'
export { mkdir } from './mkdir.ts'
export { mktemp } from './mktemp.ts'
export { mv } from './mv.ts'
export { basename, dirname, pwd, readlink, realpath } from './names.ts'
export { conntrack } from './net/conntrack.ts'
export { curl } from './net/curl.ts'
export { dig } from './net/dig.ts'
export { getent } from './net/getent.ts'
export { host } from './net/host-program.ts'
export { busyboxHttpd as httpd } from './net/httpd-busybox.ts'
export { ifconfig, route } from './net/ifconfig.ts'
export { ip } from './net/ip.ts'
export {
  ipset,
  iptables,
  iptablesRestore as 'iptables-restore',
  iptablesSave as 'iptables-save',
  nft,
} from './net/iptables.ts'
export { ipvsadm } from './net/ipvsadm.ts'
export { nc } from './net/nc.ts'
export { nslookup } from './net/nslookup.ts'
export { ping } from './net/ping.ts'
export { netstat, ss } from './net/ss.ts'
export { ssh } from './net/ssh/ssh.ts'
export { tc } from './net/tc.ts'
export { trace } from './net/trace.ts'
export { traceroute } from './net/traceroute.ts'
export { wget } from './net/wget.ts'
export { nl } from './nl.ts'
export { less, more } from './pager.ts'
export { paste } from './paste.ts'
export { printf } from './printf.ts'
export { ps } from './ps.ts'
export { rev } from './rev.ts'
export { rm } from './rm.ts'
export { rmdir } from './rmdir.ts'
export { script } from './script.ts'
export { sed } from './sed.ts'
export { seq } from './seq.ts'
export { sleep } from './sleep.ts'
export { sort } from './sort.ts'
export { stat } from './stat.ts'
export { stty } from './stty.ts'
export { journalctl } from './systemd/journalctl.ts'
export { systemctl } from './systemd/systemctl.ts'
export { tac } from './tac.ts'
export { tail } from './tail.ts'
export { tee } from './tee.ts'
export { bracket as '[', test } from './test.ts'
export { nohup, time, timeout } from './timing.ts'
export { touch } from './touch.ts'
export { tr } from './tr.ts'
export { nproc, uname } from './uname.ts'
export { uniq } from './uniq.ts'
export { uptime } from './uptime.ts'
export { watch } from './watch.ts'
export { wc } from './wc.ts'
export { which } from './which.ts'
export { xargs } from './xargs.ts'
export { yes } from './yes.ts'
