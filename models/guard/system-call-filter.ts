/** Numbers of system calls: those of x86-64, and those of arm64. The newer ones are the same everywhere. */
const numbers: Readonly<Record<string, readonly [x64: number, arm64: number]>> = {
  // Who asks, and who is asked: no sockets of its own, and no signals, traces or priorities of other processes of the same user.
  socket: [41, 198],
  kill: [62, 129],
  tkill: [200, 130],
  tgkill: [234, 131],
  rt_sigqueueinfo: [129, 138],
  rt_tgsigqueueinfo: [297, 240],
  pidfd_send_signal: [424, 424],
  pidfd_open: [434, 434],
  pidfd_getfd: [438, 438],
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  process_madvise: [440, 440],
  process_mrelease: [448, 448],
  kcmp: [312, 272],
  migrate_pages: [256, 238],
  move_pages: [279, 239],
  setpriority: [141, 140],
  ioprio_set: [251, 30],
  sched_setparam: [142, 118],
  sched_setscheduler: [144, 119],
  sched_setattr: [314, 274],
  // Namespaces and mounts.
  unshare: [272, 97],
  setns: [308, 268],
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chroot: [161, 51],
  open_tree: [428, 428],
  move_mount: [429, 429],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  mount_setattr: [442, 442],
  name_to_handle_at: [303, 264],
  open_by_handle_at: [304, 265],
  // The kernel and the machine: parts in which faults of the kernel were found, and what only a superuser needs.
  bpf: [321, 280],
  perf_event_open: [298, 241],
  userfaultfd: [323, 282],
  add_key: [248, 217],
  request_key: [249, 218],
  keyctl: [250, 219],
  kexec_load: [246, 104],
  kexec_file_load: [320, 294],
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  reboot: [169, 142],
  swapon: [167, 224],
  swapoff: [168, 225],
  acct: [163, 89],
  quotactl: [179, 60],
  quotactl_fd: [443, 443],
  fanotify_init: [300, 262],
  lookup_dcookie: [212, 18],
  syslog: [103, 116],
  vhangup: [153, 58],
  sethostname: [170, 161],
  setdomainname: [171, 162],
  settimeofday: [164, 170],
  clock_settime: [227, 112],
  adjtimex: [159, 171],
  clock_adjtime: [305, 266],
}

/** What the caller is told not to be there, and goes on without. */
const absent: typeof numbers = {
  // Its flags are in memory, where a filter cannot look; `clone` is used instead.
  clone3: [435, 435],
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
}

const looked = { clone: [56, 220], prlimit64: [302, 261] } as const
/** Those of `clone` that make a namespace: cgroup, UTS, IPC, user, PID, network, mounts. */
const newNamespaces = 0x7e020000

/** By Node's name: the place in `numbers`, and the system's number of the architecture (`AUDIT_ARCH_…` of linux/audit.h). */
const architectures: Readonly<Record<string, readonly [at: 0 | 1, audit: number]>> = { x64: [0, 0xc000003e], arm64: [1, 0xc00000b7] }

const [loadWord, jumpIfEqual, jumpIfAtLeast, jumpIfSet, end] = [0x20, 0x15, 0x35, 0x45, 0x06]
const [allow, killProcess] = [0x7fff0000, 0x80000000]
const [notPermitted, notThere] = [0x00050001, 0x00050026] // errno EPERM, ENOSYS
/** Offsets in `struct seccomp_data`. */
const [atNumber, atArchitecture, atFirst] = [0, 4, 16]
/** The 32-bit calls of x86-64 with 64-bit registers begin here: they would be the same ones under other numbers. */
const x32 = 0x40000000

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number]

/**
 * The filter of the system calls of a model's process, as the kernel takes it: a program of classic BPF (seccomp(2), `struct sock_filter`). Calls that no model needs, and that reach beyond its
 * process, fail with EPERM; those of another architecture end the process. Undefined: for this architecture there is none.
 */
export function systemCallFilter(architecture: string = process.arch): Buffer | undefined {
  const [at, audit] = architectures[architecture] ?? []
  if (at === undefined || audit === undefined) return undefined
  const refuse = (calls: typeof numbers, answer: number): readonly Instruction[] =>
    Object.values(calls).flatMap(each => [
      [jumpIfEqual, 0, 1, each[at]],
      [end, 0, 0, answer],
    ])
  return encoded([
    [loadWord, 0, 0, atArchitecture],
    [jumpIfEqual, 1, 0, audit],
    [end, 0, 0, killProcess],
    [loadWord, 0, 0, atNumber],
    ...(architecture === 'x64'
      ? ([
          [jumpIfAtLeast, 0, 1, x32],
          [end, 0, 0, notThere],
        ] as const)
      : []),
    ...refuse(absent, notThere),
    ...refuse(numbers, notPermitted),
    [jumpIfEqual, 0, 4, looked.clone[at]],
    [loadWord, 0, 0, atFirst],
    [jumpIfSet, 0, 1, newNamespaces],
    [end, 0, 0, notPermitted],
    [end, 0, 0, allow],
    // Its own limits, process 0, and not those of another process.
    [jumpIfEqual, 0, 4, looked.prlimit64[at]],
    [loadWord, 0, 0, atFirst],
    [jumpIfEqual, 1, 0, 0],
    [end, 0, 0, notPermitted],
    [end, 0, 0, allow],
    [end, 0, 0, allow],
  ])
}

/** The names of the calls that fail, and their numbers. */
export function refusedCalls(architecture: 'x64' | 'arm64'): ReadonlyMap<string, number> {
  const at = architectures[architecture]?.[0] ?? 0
  return new Map(Object.entries({ ...numbers, ...absent, ...looked }).map(([name, each]) => [name, each[at]]))
}

function encoded(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(8 * program.length)
  for (const [at, [code, ifTrue, ifFalse, value]] of program.entries()) {
    bytes.writeUInt16LE(code, 8 * at)
    bytes.writeUInt8(ifTrue, 8 * at + 2)
    bytes.writeUInt8(ifFalse, 8 * at + 3)
    bytes.writeUInt32LE(value, 8 * at + 4)
  }
  return bytes
}
