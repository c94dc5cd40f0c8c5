/** Which dialog is open. */
export const dialogs = $state<{ open: 'settings' | 'help' | 'share' | 'course' | 'reset' | undefined }>({
  open: undefined,
})
