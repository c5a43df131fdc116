/**
 * How the state of an application is begun anew, for messages: in words, with the names of what there is to delete. No command does it, because it is
 * about all instances at once. `changelogs`: all of the application.
 */
export function resetSteps(applicationId: string, changelogs: readonly string[]): string {
  return `stop all instances and delete the folder "${applicationId}" in the stateDir of each, the changelogs (kafka-topics.sh --delete --topic \
'${changelogs.map(topic => topic.replaceAll('.', '\\.')).join('|')}') and the group (kafka-consumer-groups.sh --delete --group ${applicationId}): at the next start the inputs are read from their \
beginning, which rebuilds the state and writes their results again`
}
