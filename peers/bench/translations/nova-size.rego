# The two rules of the generated policy that are asked for, and none of its others.
package policy

default show := false

show if {
	"reader" in input.creds.roles
	input.creds.project_id == input.target.project_id
}
show if "admin" in input.creds.roles

default update := false

update if {
	member_or_admin
	input.target.state != "locked"
}

member_or_admin if {
	"member" in input.creds.roles
	input.creds.project_id == input.target.project_id
}
member_or_admin if "admin" in input.creds.roles
