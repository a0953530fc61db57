# What the agent does on an Entra Connect server: look at its scheduler, or order a cycle. Before this
# text the agent sets $what, $server, $remoting and $user, from its own words and its policy file only.
# One line is the answer, behind a mark that nothing else prints.
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$WarningPreference = 'SilentlyContinue'

# Runs where the module ADSync is. It gives back text, because text crosses a remote session unchanged.
$work = {
    param([string] $what)
    $ErrorActionPreference = 'Stop'
    $ProgressPreference = 'SilentlyContinue'
    $WarningPreference = 'SilentlyContinue'
    $stage = 'module'
    try {
        Import-Module -Name ADSync
        if ($what -eq 'start-delta') {
            $stage = 'start'
            $order = Start-ADSyncSyncCycle -PolicyType Delta
            $answer = @{ started = [string] $order.Result }
        }
        elseif ($what -eq 'start-initial') {
            $stage = 'start'
            $order = Start-ADSyncSyncCycle -PolicyType Initial
            $answer = @{ started = [string] $order.Result }
        }
        else {
            $stage = 'look'
            # The history before the scheduler: a run that it shows began before the scheduler was asked,
            # so a scheduler that is idle then says that the run's cycle is over.
            $runs = $null
            try {
                $runs = @(Get-ADSyncRunProfileResult -NumberRequested 32 | ForEach-Object {
                    @{
                        id = [string] $_.RunHistoryId
                        connector = [string] $_.ConnectorName
                        profile = [string] $_.RunProfileName
                        result = [string] $_.Result
                    }
                })
            }
            catch { $runs = $null }
            $connectors = $null
            try { $connectors = @(Get-ADSyncConnectorRunStatus | Where-Object { $_ }).Count }
            catch { $connectors = $null }
            $scheduler = Get-ADSyncScheduler
            $answer = @{
                scheduler = @{
                    in_progress = $scheduler.SyncCycleInProgress
                    enabled = $scheduler.SyncCycleEnabled
                    staging = $scheduler.StagingModeEnabled
                    suspended = $scheduler.SchedulerSuspended
                }
                connectors_busy = $connectors
                runs = $runs
            }
        }
    }
    catch {
        $elevated = $null
        try {
            $me = [Security.Principal.WindowsIdentity]::GetCurrent()
            $role = [Security.Principal.WindowsBuiltInRole]::Administrator
            $elevated = (New-Object Security.Principal.WindowsPrincipal $me).IsInRole($role)
        }
        catch { $elevated = $null }
        $message = [string] $_.Exception.Message
        $answer = @{
            failed = @{
                stage = $stage
                type = [string] $_.Exception.GetType().FullName
                id = ([string] $_.FullyQualifiedErrorId -split "`n")[0]
                category = [string] $_.CategoryInfo.Category
                message = $message.Substring(0, [Math]::Min(1000, $message.Length))
                elevated = $elevated
            }
        }
    }
    ConvertTo-Json -InputObject $answer -Depth 4 -Compress
}

if ($server -eq '') {
    $json = & $work $what
}
else {
    try {
        if ($remoting -eq 'ssh') {
            # Nobody is there to answer a question, and an unknown host key is a refusal.
            $way = @{
                HostName = $server
                Options = @{ BatchMode = 'yes'; StrictHostKeyChecking = 'yes'; ConnectTimeout = '30' }
            }
            if ($user -ne '') { $way.UserName = $user }
        }
        else {
            # A session whose caller was killed goes away by itself.
            $way = @{
                ComputerName = $server
                SessionOption = New-PSSessionOption -OpenTimeout 30000 -IdleTimeout 60000
            }
        }
        $session = New-PSSession @way
        try { $json = Invoke-Command -Session $session -ScriptBlock $work -ArgumentList $what }
        finally { Remove-PSSession -Session $session }
    }
    catch {
        $message = [string] $_.Exception.Message
        $json = ConvertTo-Json -Compress -InputObject @{
            failed = @{
                stage = 'remote'
                type = [string] $_.Exception.GetType().FullName
                id = ([string] $_.FullyQualifiedErrorId -split "`n")[0]
                category = [string] $_.CategoryInfo.Category
                message = $message.Substring(0, [Math]::Min(1000, $message.Length))
            }
        }
    }
}

# ASCII only: whatever encoding this host gives its output, it is the same bytes.
$ascii = [regex]::Replace([string] $json, '[^\x20-\x7e]', { param($found) '\u{0:x4}' -f [int] [char] $found.Value })
[Console]::Out.WriteLine('syncline-entra-connect:1 ' + $ascii)
