/** Environment variable of an instance: the file by which a run opens its doors (see doors.ts). */
export const doorVariable = 'CHAOS_DOOR'
